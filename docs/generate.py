"""Generate the pages that follow from the code: the command line, the tables, the order of imports.

`python3 dev.py docs` writes them; tests/test_documentation.py fails if they are out of date.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.testing import CliRunner

from geostrike import tables
from geostrike.cli import cli

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from layout import STEPS, drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

HERE = Path(__file__).resolve().parent
MADE = "<!-- Made by docs/generate.py; do not edit by hand. -->"
WIDTH = 100

VOCABULARIES: dict[str, Mapping[str, object]] = {
    "status": tables.STATUSES,
    "place_kind": tables.PLACE_KINDS,
    "place_status": tables.PLACE_STATUSES,
    "date_precision": tables.DATE_PRECISIONS,
    "date_basis": tables.DATE_BASIS,
    "target_kind": tables.TARGET_KINDS,
    "weapon": tables.WEAPONS,
    "attacker_basis": tables.ATTACKER_BASIS,
    "side": tables.SIDES,
    "depth_bounds": tables.DEPTH_BOUNDS,
    "role": tables.ROLES,
    "stance": tables.STANCES,
    "speaker_kind": tables.SPEAKER_KINDS,
    "verdict": tables.VERDICTS,
    "what": tables.QUANTITY_KINDS,
    "relation": tables.RELATION_KINDS,
    "published_basis": tables.PUBLISHED_BASIS,
    "code": tables.QUARANTINE_CODES,
    "warnings": tables.WARNING_CODES,
}
# The columns of a status and of a kind of place on the page of the tables.
STATUS_COLUMNS: dict[str, Callable[[tables.Status], str]] = {
    "word": lambda status: f"`{status.word}`",
    "meaning": lambda status: status.meaning,
    "counts as a hit": lambda status: "yes" if status.is_hit else "no",
    "strength": lambda status: str(status.strength),
    "mark on the map": lambda status: status.mark,
}
KIND_COLUMNS: dict[str, Callable[[tables.Kind], str]] = {
    "word": lambda kind: f"`{kind.word}`" if kind.word else "(empty)",
    "meaning": lambda kind: kind.meaning,
    "measured": lambda kind: "as an area" if kind.is_area else "at its point" if kind.is_point else "",
    "ACLED `geo_precision`": lambda kind: str(kind.acled or ""),
    "UCDP `where_prec`": lambda kind: str(kind.ucdp or ""),
    "radius in km": lambda kind: "" if math.isnan(kind.radius_km) else f"{kind.radius_km:g}",
}
WORD_COLUMNS: dict[str, Callable[[tuple[str, str]], str]] = {
    "word": lambda entry: f"`{entry[0]}`" if entry[0] else "(empty)",
    "meaning": lambda entry: entry[1],
}
RECORDS: dict[str, dict[str, Callable[[Any], str]]] = {"status": STATUS_COLUMNS, "place_kind": KIND_COLUMNS}
NOTES = {
    "status": "The strike has the status with the greatest strength among its records; claims of both sides together "
    "confirm it, unless it is disputed.",
    "place_kind": "The radius is that of a row whose table gives only a code of precision.",
}
TABLES = (
    tables.STRIKES,
    tables.REPORTS,
    tables.MENTIONS,
    tables.RECORDS,
    tables.CLAIMS,
    tables.DISTANCES,
    tables.QUANTITIES,
    tables.MEMBERS,
    tables.RELATIONS,
    tables.DECISIONS,
    tables.QUARANTINE,
)


def help_text(words: tuple[str, ...]) -> str:
    """What `geostrike WORDS --help` prints, at a fixed width."""
    shown = CliRunner().invoke(cli, [*words, "--help"], prog_name="geostrike", terminal_width=WIDTH)
    return shown.output.rstrip()


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that call a command and each one below it."""
    yield words
    if isinstance(command, click.Group):
        for key in sorted(command.commands):
            yield from commands(command.commands[key], (*words, key))


def cli_page() -> str:
    """The page of the command line: the help text of every command."""
    parts = [MADE, "# The command line", "What `--help` prints, command by command."]
    for words in commands(cli):
        parts += [f"## `{' '.join(('geostrike', *words))}`", f"```text\n{help_text(words)}\n```"]
    return "\n\n".join(parts) + "\n"


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return text.replace("|", r"\|")


def rows_of(columns: dict[str, Callable[[Any], str]], records: Iterable[object]) -> str:
    """A Markdown table of records."""
    rows = [[show(record) for show in columns.values()] for record in records]
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines)


def vocabularies() -> Iterator[str]:
    """Every closed vocabulary: its column, a note, and its words."""
    for column, words in VOCABULARIES.items():
        yield f"### `{column}`"
        if column in NOTES:
            yield NOTES[column]
        if column in RECORDS:
            yield rows_of(RECORDS[column], words.values())
        else:
            yield rows_of(WORD_COLUMNS, words.items())


def tables_page() -> str:
    """The page of the tables: every column with type, unit and meaning, and every closed vocabulary."""
    parts = [
        MADE,
        "# Tables",
        "Every stage takes tables and returns tables. Further columns are kept and passed on. A missing value is an "
        "empty text, `NaT`, `NaN` or no geometry. This page is generated from the module `geostrike.tables`.",
    ]
    for table in TABLES:
        rows = [f"| `{c.name}` | {c.dtype} | {c.unit} | {cell(c.meaning)} |" for c in table.columns]
        head = ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
        parts += [f"## {table.name}", f"A row is {table.row}.", "\n".join(head + rows)]
    parts += ["## Vocabularies", "These columns contain only the words below.", *vocabularies()]
    return "\n\n".join(parts) + "\n"


def parts_table() -> str:
    """The parts of the package in the order of imports, as a table."""
    rows = [f"| {', '.join(f'`{part}`' for part in parts)} | {meaning} |" for parts, meaning in STEPS]
    return "\n".join(["| part | what it holds |", "| --- | --- |", *rows])


def with_imports(path: Path, block: str) -> str:
    """The text of a page with this block between its marks."""
    begin, end = "<!-- begin imports -->", "<!-- end imports -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    return f"{before}{begin}\n\n{block}\n\n{end}{rest.partition(end)[2]}"


PAGES = {
    "docs/cli.md": cli_page,
    "docs/tables.md": tables_page,
    "docs/architecture.md": lambda: with_imports(HERE / "architecture.md", parts_table()),
    "CONTRIBUTING.md": lambda: with_imports(HERE.parent / "CONTRIBUTING.md", f"    {drawing()}"),
}


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (HERE.parent / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
