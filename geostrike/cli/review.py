"""`geostrike review`: decide on the records of a run, one by one."""

from __future__ import annotations

from pathlib import Path

import click

from geostrike.cli.exit_codes import DONE
from geostrike.cli.folders import warn_if_cut_off
from geostrike.cli.options import FilePath
from geostrike.cli.terminal import say

__all__ = ["command"]

_REVIEWED = (
    "path",
    "place",
    "place_as_written",
    "date_start",
    "date_end",
    "target_kind",
    "weapon",
    "attacker",
    "status",
)


@click.command("review")
@click.argument("folder", metavar="DIR", type=FilePath(exists=True, file_okay=False, path_type=Path))
def command(folder: Path) -> int:
    """Decide on the records of a run, one by one.

    DIR is the output folder of a run. Decisions are written to decisions.csv there; the next run into DIR applies them.
    """
    from geostrike.merging.review import DECISIONS_FILE, REVIEW_FILE, open_records, read_decisions, write_decisions
    from geostrike.tables import DECISIONS, empty_table

    warn_if_cut_off(folder)
    file = folder / DECISIONS_FILE
    decided = read_decisions(file) if file.is_file() else empty_table(DECISIONS)
    for record in open_records(folder / REVIEW_FILE, decided):
        cells = " | ".join(f"{name}: {record[name]}" for name in _REVIEWED if record.get(name))
        say("", record["quote"], f"  {cells}")
        try:
            decision = _ask_decision(record)
        except click.Abort as error:
            if not isinstance(error.__context__, EOFError):
                raise
            decision = None  # the input ended
        if decision is None:
            break
        if decision:
            decided.loc[len(decided)] = [decision.get(name, "") for name in decided.columns]
            write_decisions(decided, file)
    say(f"{len(decided)} decisions in {file}")
    return DONE


def _ask_decision(record: dict[str, str]) -> dict[str, str] | None:
    """Ask for a decision on a record: empty to leave it open, None to stop."""
    from geostrike.merging.review import CHANGEABLE

    letters = {"a": "accept", "r": "reject", "c": "change", "s": "", "q": ""}  # the first letters of the choices
    letter = click.prompt("accept, reject, change, skip or quit", type=click.Choice(list(letters)), default="s")
    if letter == "q":
        return None
    if letter == "s":
        return {}
    decision = {"record_id": record["record_id"], "decision": letters[letter]}
    if letter == "c":
        cells = {
            name: click.prompt(f"  {name}", default=record.get(name, ""), show_default=True) for name in CHANGEABLE
        }
        decision |= {name: value for name, value in cells.items() if value != record.get(name, "")}
    return decision | {"note": click.prompt("  note", default="", show_default=False)}
