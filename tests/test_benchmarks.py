"""The benchmarks run, and their page has a section for each."""

from __future__ import annotations

import depth_speed
import numpy as np
import pytest
import run
import timing
from sample_lines import line_of, points


def test_every_benchmark_has_a_section() -> None:
    """Every benchmark has a section of the page."""
    page = run.PAGE.read_text(encoding="utf-8")
    assert {"depth_speed", "depth_rows"} <= set(run.benchmarks())
    for name in run.benchmarks():
        start, end = run.START.format(name), run.END.format(name)
        assert page.index(start) + len(start) + 10 < page.index(end), f"{name} was never run"


def test_ratio_is_median_of_rounds() -> None:
    """A ratio is the median over the rounds."""
    seconds = {"ours": [1.0, 2.0, 10.0], "theirs": [2.0, 4.0, 100.0]}
    assert timing.ratio(seconds, "theirs", "ours") == 2.0
    assert timing.ratio(seconds, "theirs", "ours", counts=(1, 10)) == 20.0


@pytest.mark.parametrize("name", [n for n, w in depth_speed.WAYS.items() if not w.needs and "Geod.inv" not in n])
def test_methods_measure_same_distance(name: str) -> None:
    """All methods measure the same distance."""
    line, (lon, lat) = line_of(600), points(40)
    ours = depth_speed.geostrike_(line)(lon, lat)
    np.testing.assert_allclose(depth_speed.WAYS[name].make(line)(lon, lat), ours, rtol=0.02)


def test_sample_lines_have_requested_vertices() -> None:
    """Sample lines have the requested number of vertices."""
    for vertices in (600, 9_000, 40_000):
        line = line_of(vertices)
        assert abs(len(line.geoms[0].coords) - vertices) <= 1
