"""The summary that `geostrike run` prints."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.cli.printing import text_table
from geostrike.cli.terminal import say

if TYPE_CHECKING:
    import pandas as pd

    from geostrike.results import Located

__all__ = ["print_summary", "table_lines"]

_SHOWN = 50
_NAMED = 3


def print_summary(located: Located, out: Path, names: Mapping[str, str], *, verbose: bool) -> None:
    """Print the strikes, the counts of the input, and the paths of the results."""
    strikes, run = located.strikes, located.run
    say(*_strike_table(strikes.head(_SHOWN)))
    if len(strikes) > _SHOWN:
        say(f"... and {len(strikes) - _SHOWN:,} more")
    if "table" in run:
        say("", *table_lines(run["table"]))
    say("", *_input_lines(run, located.border.border_id), *_undated_lines(located.reports))
    if verbose:
        say(*(f"  warning {code}: {count}" for code, count in run["warnings"].items()))
        say(*(f"  {out / name}" for name in names.values()))
    say(*(f"left out: {name}: {why}" for name, why in run["left_out"].items()))
    say(*(f"note: {note}" for note in run["notes"]))
    pages = {what: names[f"{what}.html"] for what in ("report", "map") if f"{what}.html" in names}
    say(*(f"{what}: {out / name}" for what, name in pages.items()))


def _input_lines(run: dict[str, Any], border_id: str) -> list[str]:
    """Format the counts of the input files or rows."""
    from geostrike.tables import NO_FAULT

    reasons = ", ".join(f"{code} {count}" for code, count in run["reasons"].items() if code not in NO_FAULT)
    left_out = ", ".join(f"{code} {count}" for code, count in run["reasons"].items() if code in NO_FAULT)
    passed_over = run["passed_over"]
    lines = [
        f"{run['rows_in']} in = {run['ok']} read"
        + "".join(f" + {count} not read ({code})" for code, count in run["not_read"].items())
        + f" + {run['quarantined']} in quarantine"
        + (f" ({reasons})" if reasons else "")
        + (f" + {sum(passed_over.values())} passed over" if passed_over else "")
        + f"; strikes: {run['strikes']}; border {border_id}"
    ]
    if not run["strikes"] and not (run["not_read"] and not run["ok"]):
        lines.append("no strike was found" if run["rows_in"] else "the table has no rows")
    if left_out:
        lines.append(f"read, but left out (quarantine.csv lists them): {left_out}")
    if passed_over:
        lines.append("passed over: " + ", ".join(f"{count} {kind}" for kind, count in passed_over.items()))
    return lines


def _undated_lines(reports: pd.DataFrame) -> list[str]:
    """Format the files with undated reports, and the options that date them."""
    undated = reports[reports["published"].isna() & (reports["text"] != "")]
    if undated.empty:
        return []
    files = list(dict.fromkeys(undated["path"]))
    one_each = len(files) == len(undated) and "" not in files
    pairs = [shlex.quote(f"{name}=YYYY-MM-DD") for name in files[:_NAMED]] if one_each else ["YYYY-MM-DD"]
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return [
        f'without a publication date, so words such as "on Monday" have no date: {len(undated)} '
        f"{'report' if len(undated) == 1 else 'reports'} in "
        f"{', '.join(files[:_NAMED])}{more}",
        "  give it with: " + " ".join(f"--published {pair}" for pair in pairs),
    ]


def table_lines(table: dict[str, Any]) -> list[str]:
    """Format the schema of a table and the columns that were recognised."""
    columns = ", ".join(f"{key}={name}" for key, name in table["columns"].items())
    return [f"read as {table['schema']}" + ("" if table["schema"] == "geostrike" else f": {columns}"), *table["notes"]]


def _strike_table(strikes: pd.DataFrame) -> list[str]:
    rows = [("date", "place", "target", "attacker", "status", "depth, km")]
    rows += [
        (
            _dates(strike),
            str(strike.place) or _unplaced(strike),
            str(strike.target_kind) or "-",
            str(strike.attacker) or "-",
            str(strike.status),
            _depth(strike),
        )
        for strike in strikes.itertuples()
    ]
    return text_table(rows)


def _unplaced(strike: Any) -> str:
    """Describe a strike whose place has no name: what was written, and the status."""
    if strike.place_status == "given" and not strike.place_as_written:
        return "(a point, no name)"
    return f"{strike.place_as_written or 'no place'!s} ({strike.place_status!s})"


def _dates(strike: Any) -> str:
    ends = [f"{day:%Y-%m-%d}" if day == day else "" for day in (strike.date_start, strike.date_end)]
    if not any(ends):
        return "undated"
    return ends[0] if ends[0] == ends[1] else "/".join(ends)


def _depth(strike: Any) -> str:
    if strike.depth_km != strike.depth_km:
        return "-"
    depth = f"{strike.depth_km:.1f} ({strike.depth_min_km:.0f} to {strike.depth_max_km:.0f})"
    return f"{depth}, {strike.side}" if strike.side in ("home", "outside") else depth
