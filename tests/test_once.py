"""What a run computes, it computes once: calls are counted over a whole run on the seeds."""

import re
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from geostrike import depth_summary, merge_strikes, report_page, sensitivity
from geostrike.maps import strike_map
from geostrike.pipeline import locate
from geostrike.runs.files import result_files
from geostrike.stats import analyse
from geostrike.stats.sensitivity import MERGING, PRECISIONS, STATUS_STEPS

SEEDS = Path(__file__).parent.parent / "seeds"
NAMES = ("draw_depths", "depth_summary", "measure_depth", "strike_map", "sensitivity", "analyse", "depth_trend")


def count_calls(patch, names=NAMES):
    """Count the calls of functions under every name that a module of geostrike has for them."""
    calls = Counter(dict.fromkeys(names, 0))

    def counting(name, function):
        def call(*args, **options):
            calls[name] += 1
            return function(*args, **options)

        return call

    modules = [module for name, module in sys.modules.items() if name.startswith("geostrike.")]
    for name in names:
        function = next(getattr(m, name) for m in modules if callable(getattr(m, name, None)))
        counter = counting(name, function)
        for module in modules:
            if getattr(module, name, None) is function:
                patch.setattr(module, name, counter)
    return calls


@pytest.fixture(scope="module")
def run():
    """The calls of a run on the seeds, what it found, and its files."""
    with pytest.MonkeyPatch.context() as patch:
        calls = count_calls(patch)
        located = locate(SEEDS)
        files = dict(result_files(located))
    return calls, located, files


def test_computed_once(run):
    """Draws, map, bands, trend and sensitivity are made once for all files of a run."""
    calls, _, _ = run
    once = {"draw_depths", "strike_map", "sensitivity", "analyse", "depth_trend"}
    assert {name: calls[name] for name in once} == dict.fromkeys(once, 1)


@pytest.fixture(scope="module")
def merged_otherwise(run):
    """How many of the tolerances make other strikes of the records."""
    _, found, _ = run
    merged = [merge_strikes(found.records, found.claims, reports=found.reports, **rule) for rule in MERGING.values()]
    return sum(not other.members.equals(found.members) for other in merged)


def test_measured_once(run, merged_otherwise):
    """Strikes are measured once, from two other borders, as single records, and where merging differs."""
    calls, _, _ = run
    assert calls["measure_depth"] == 1 + 2 + 1 + merged_otherwise


def test_summarised_once(run, merged_otherwise):
    """One summary of all strikes, four by column, and one per other set of strikes."""
    calls, found, _ = run
    strikes = found.strikes
    exact = [strikes["place_kind"].isin(kinds) for kinds in PRECISIONS.values()]
    steps = [strikes["status"].isin(statuses) for statuses in STATUS_STEPS.values()]
    parts = {rows.to_numpy().tobytes() for rows in [*exact, *steps] if not rows.all()}
    assert calls["depth_summary"] <= 1 + 4 + len(parts) + 2 + 2 + merged_otherwise


def test_embedded_map(run):
    """The page shows the map that the run made: the strikes in it are those of map.html."""
    _, _, files = run
    blocks = r'id="(strike_layer[^"]*)">([^<]*)<'
    own = re.findall(blocks, files["map.html"].decode())
    assert own
    assert re.findall(blocks, files["report.html"].decode().replace("&#39;", "'").replace("&amp;", "&")) == own


def test_same_alone(run):
    """Report, sensitivity and summary are the same where each is asked for by itself."""
    _, located, files = run
    assert report_page(located).encode() == files["report.html"]
    analysis = analyse(located)
    pd.testing.assert_frame_equal(sensitivity(located), analysis.sensitivity)
    pd.testing.assert_frame_equal(depth_summary(located.strikes, draws=analysis.draws), analysis.summary)


def test_map_alone(run):
    """The map needs nothing of the run but its tables."""
    _, located, _ = run
    assert strike_map(located.strikes, border=located.border).get_root().render().startswith("<!DOCTYPE html>")
