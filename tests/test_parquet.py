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


def test_batches_match_functions() -> None:
    """Batches get the same depth as points and strikes."""
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


def test_file_gains_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is copied with the columns of depth."""
    frame = table(1000)
    frame.to_parquet(tmp_path / "points.parquet", row_group_size=300)
    assert depth_of_parquet(tmp_path / "points.parquet", tmp_path / "whole.parquet", LAND) == 1000
    monkeypatch.setattr(batches, "_ROWS", 128)
    assert depth_of_parquet(tmp_path / "points.parquet", tmp_path / "parts.parquet", LAND) == 1000
    whole, parts = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("whole", "parts"))
    pd.testing.assert_frame_equal(whole, parts)
    assert whole.name.tolist() == frame.name.tolist()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["parts.parquet", "points.parquet", "whole.parquet"]


def test_measuring_again_replaces(tmp_path: Path) -> None:
    """Measuring again replaces the columns."""
    paths = [tmp_path / f"{number}.parquet" for number in range(3)]
    table(40).to_parquet(paths[0])
    depth_of_parquet(paths[0], paths[1], LAND)
    first = pd.read_parquet(paths[1])
    depth_of_parquet(paths[1], paths[2], Border.between("UKR", "RUS", definition="territory"))
    again = pd.read_parquet(paths[2])
    assert again.columns.tolist() == first.columns.tolist()
    assert again.border_id.unique().tolist() == ["UKR-RUS:territory:2026c"]


def test_empty_table_gets_columns(tmp_path: Path) -> None:
    """A table without rows gets the columns, too."""
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
def test_unmeasurable_tables_rejected(tmp_path: Path, columns: dict[str, list[object]], message: str) -> None:
    """What cannot be measured is rejected, and nothing is written."""
    pd.DataFrame(columns).to_parquet(tmp_path / "in.parquet")
    with pytest.raises(InputError, match=message):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", LAND)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_other_files_rejected(tmp_path: Path) -> None:
    """A file that is not Parquet is rejected."""
    (tmp_path / "in.parquet").write_text("lon,lat", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", LAND)
    with pytest.raises(InputError, match="there is no folder"):
        depth_of_parquet(tmp_path / "in.parquet", tmp_path / "nowhere" / "out.parquet", LAND)


def test_dask_recipe() -> None:
    """The recipe for Dask gives the same result as the function."""
    frame = table(500)

    def with_depth(part: pd.DataFrame) -> pd.DataFrame:
        columns = distance_columns(part["lon"].to_numpy(), part["lat"].to_numpy(), LAND)
        return part.assign(depth_km=columns["distance_km"])

    parts = dask.dataframe.from_pandas(frame, npartitions=4)
    with dask.config.set(scheduler="threads"):
        measured = parts.map_partitions(with_depth, meta=with_depth(frame.iloc[:0])).compute()
    np.testing.assert_array_equal(measured.depth_km, with_depth(frame).depth_km)


def test_spark_recipe() -> None:
    """The recipe for Spark takes and yields record batches."""

    def with_depth(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from depth_of_batches(batches, LAND)

    frame = table(200)
    measured = list(with_depth(iter(batches_of(frame, 64))))
    assert [batch.num_rows for batch in measured] == [64, 64, 64, 8]
    assert len({batch.schema for batch in measured}) == 1
