from __future__ import annotations

from typing import TYPE_CHECKING

import dask
import dask.dataframe
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geostrike.borders.border import Border
from geostrike.depth import distance_columns, measure_depth
from geostrike.errors import InputError
from geostrike.exchange import batches
from geostrike.exchange.batches import depth_of_batches, depth_of_parquet
from geostrike.tables import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAND = Border.between("UKR", "RUS")


def table(rows: int, *, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    lon, lat = generator.uniform(25, 50, rows), generator.uniform(44, 60, rows)
    lat[::50] = np.nan
    attacker = generator.choice(["UKR", "RUS", ""], rows)
    return pd.DataFrame({"name": [f"place {k}" for k in range(rows)], "lon": lon, "lat": lat, "attacker": attacker})


def batches_of(frame: pd.DataFrame, rows: int) -> list[pa.RecordBatch]:
    return pa.Table.from_pandas(frame, preserve_index=False).to_batches(max_chunksize=rows)


def test_batches_are_measured_like_points_and_like_strikes() -> None:
    frame = table(300)
    measured = pa.Table.from_batches(depth_of_batches(batches_of(frame, 70), LAND)).to_pandas()
    columns = distance_columns(frame.lon.to_numpy(), frame.lat.to_numpy(), LAND, country=True)
    np.testing.assert_array_equal(measured.depth_km, columns["distance_km"])
    assert measured.country.tolist() == columns["country"].tolist()
    assert measured.border_id.unique().tolist() == [LAND.border_id]
    assert set(measured.side) <= set(SIDES)
    pd.testing.assert_frame_equal(measured[frame.columns], frame, check_dtype=False)
    located = frame.assign(geometry=_points(frame))
    strikes = measure_depth(located, LAND)
    assert measured.side.tolist() == strikes.side.tolist()
    within = strikes.depth_reason == ""  # a strike of other countries has no depth, a row of a table has
    np.testing.assert_array_equal(measured.depth_km[within], strikes.depth_km[within])


def _points(frame: pd.DataFrame) -> list[object]:
    import shapely

    return [None if np.isnan(lat) else shapely.Point(lon, lat) for lon, lat in zip(frame.lon, frame.lat, strict=True)]


def test_a_file_is_written_again_with_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table(1000)
    frame.to_parquet(tmp_path / "points.parquet", row_group_size=300)
    assert depth_of_parquet(tmp_path / "points.parquet", tmp_path / "whole.parquet", LAND) == 1000
    monkeypatch.setattr(batches, "_ROWS", 128)
    assert depth_of_parquet(tmp_path / "points.parquet", tmp_path / "parts.parquet", LAND) == 1000
    whole, parts = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("whole", "parts"))
    pd.testing.assert_frame_equal(whole, parts)
    assert whole.name.tolist() == frame.name.tolist()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["parts.parquet", "points.parquet", "whole.parquet"]


def test_measuring_again_replaces_the_columns(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    table(40).to_parquet(paths[0])
    depth_of_parquet(paths[0], paths[1], LAND)
    first = pd.read_parquet(paths[1])
    depth_of_parquet(paths[1], paths[2], Border.between("UKR", "RUS", definition="territory"))
    again = pd.read_parquet(paths[2])
    assert again.columns.tolist() == first.columns.tolist()
    assert again.border_id.unique().tolist() == ["UKR-RUS:territory:2026c"]


def test_a_table_without_rows_gets_the_columns(tmp_path: Path) -> None:
    table(5).iloc[:0].to_parquet(tmp_path / "none.parquet")
    assert depth_of_parquet(tmp_path / "none.parquet", tmp_path / "out.parquet", LAND) == 0
    assert {"depth_km", "border_id"} <= set(pq.read_schema(tmp_path / "out.parquet").names)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [1.0]}, "there are no columns lon and lat or longitude and latitude; the table has: x"),
        ({"lon": [39.0, 1.0], "lat": [44.0, 144.0]}, "row 1: latitude 144.0, longitude 1.0 is off the globe"),
        ({"lon": ["east"], "lat": [44.0]}, "it must hold degrees as numbers"),
    ],
)
def test_what_cannot_be_measured_is_refused_and_nothing_written(
    tmp_path: Path, columns: dict[str, list[object]], message: str
) -> None:
    pd.DataFrame(columns).to_parquet(tmp_path / "in.parquet")
    with pytest.raises(InputError, match=message):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", LAND)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_text("lon,lat", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", LAND)
    with pytest.raises(InputError, match="there is no folder"):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "nowhere" / "out.parquet", LAND)


def test_the_recipe_for_dask_gives_what_the_function_gives() -> None:
    frame = table(500)

    def with_depth(part: pd.DataFrame) -> pd.DataFrame:
        columns = distance_columns(part["lon"].to_numpy(), part["lat"].to_numpy(), LAND)
        return part.assign(depth_km=columns["distance_km"])

    parts = dask.dataframe.from_pandas(frame, npartitions=4)
    with dask.config.set(scheduler="threads"):
        measured = parts.map_partitions(with_depth, meta=with_depth(frame.iloc[:0])).compute()
    np.testing.assert_array_equal(measured.depth_km, with_depth(frame).depth_km)


def test_the_recipe_for_spark_takes_and_gives_record_batches() -> None:
    def with_depth(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from depth_of_batches(batches, LAND)

    frame = table(200)
    measured = list(with_depth(iter(batches_of(frame, 64))))
    assert [batch.num_rows for batch in measured] == [64, 64, 64, 8]
    assert len({batch.schema for batch in measured}) == 1
