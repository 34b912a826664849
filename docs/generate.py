"""The pages that are made from the code: the command line, the tables, the order of imports.

`python3 dev.py docs` writes them anew; tests/test_documentation.py fails when they lag.
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
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).resolve().parent
MADE = "<!-- Made by docs/generate.py; do not edit by hand. -->"
WIDTH = 100

VOCABULARIES = {
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
# What the page shows of a status and of a kind of place, column by column.
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
    """The page of the command line: the help of every command."""
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
    """Every closed vocabulary: its column, its words and their meaning."""
    yield "### `status`"
    yield (
        "Of the records of one strike the status with the greatest strength wins; "
        "claims of both sides together confirm it."
    )
    yield rows_of(STATUS_COLUMNS, tables.STATUSES.values())
    yield "### `place_kind`"
    yield "The radius is that of a row whose table gives only a code of precision."
    yield rows_of(KIND_COLUMNS, tables.PLACE_KINDS.values())
    for column, words in VOCABULARIES.items():
        rows = [f"| {f'`{word}`' if word else '(empty)'} | {cell(meaning)} |" for word, meaning in words.items()]
        yield f"### `{column}`"
        yield "\n".join(["| word | meaning |", "| --- | --- |", *rows])


def tables_page() -> str:
    """The page of the tables: every column with type, unit and meaning, and every closed vocabulary."""
    parts = [
        MADE,
        "# Tables",
        "Every stage takes tables and returns tables. Further columns are kept and passed on. A missing value is an "
        "empty text, `NaT`, `NaN` or no geometry. This page is made from the module `geostrike.tables`, the authority.",
    ]
    for table in TABLES:
        rows = [f"| `{c.name}` | {c.dtype} | {c.unit} | {cell(c.meaning)} |" for c in table.columns]
        head = ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
        parts += [f"## {table.name}", f"A row is {table.row}.", "\n".join(head + rows)]
    parts += ["## Vocabularies", "These columns hold the words below and no other.", *vocabularies()]
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
