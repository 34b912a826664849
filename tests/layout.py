"""The order of imports: a part of geostrike may import every part in an earlier step, and none beside or after it.

A folder counts as one part; its modules may import each other. `python3 dev.py docs` writes the order into
CONTRIBUTING.md and the table of parts into docs/architecture.md; tests/test_layout.py checks every import.
"""

from __future__ import annotations

STEPS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("errors",), "the exceptions and the warning"),
    (
        ("tables", "palette", "geodesy"),
        "the data model; every colour; nearest points and extremes on the ellipsoid",
    ),
    (("intake",), "foreign files opened in workers with limits, faults and notices, files written whole or not at all"),
    (("borders",), "border lines, areas, countries, the basemap"),
    (("places",), "names to places: the gazetteer, its keys, ranking, joint resolution, geocoding services"),
    (("reading", "depth"), "reports to mentions, records and claims; distances from a border"),
    (
        ("merging", "exchange"),
        "records to strikes, review, comparison; tables of others, one file per format",
    ),
    (("results",), "what a run returns, typed"),
    (("stats", "versions"), "statistics that count what could not be located; what a result depends on"),
    (("figures", "maps"), "figures for print; the folium map and its page"),
    (("report",), "the report page"),
    (("runs",), "the input, record and files of a run; tables measured alone; two runs compared"),
    (("pipeline",), "the order of the stages"),
    (("cli",), "one file per command"),
    (("__main__",), "`python -m geostrike`"),
)


def drawing() -> str:
    """The order in one line, as CONTRIBUTING.md has it."""
    return " <- ".join(", ".join(parts) for parts, _ in STEPS[:-1])
