"""`geostrike border`: list and show borders."""

from __future__ import annotations

import click

from geostrike.cli.exit_codes import DONE
from geostrike.cli.printing import text_table
from geostrike.cli.terminal import say

__all__ = ["command"]


@click.group("border")
def command() -> None:
    """List and show borders."""


@command.command("list")
def list_borders() -> int:
    """List the borders that ship, with their definitions.

    Other pairs of countries are available with the extra `world`.
    """
    from geostrike.borders.border import Border

    rows = [(border.border_id, border.basis, border.accuracy_km) for border in Border.shipped()]
    say(*text_table([("border", "follows", "accuracy, km"), *rows]))
    return DONE


@command.command("show")
@click.argument("border", metavar="BORDER")
def show_border(border: str) -> int:
    """Show the definition and source of BORDER.

    BORDER is UKR-RUS:land, UKR-RUS:territory, another pair, or a file with a line.
    """
    from geostrike.borders.border import Border

    say(*text_table(Border.named(border).facts().items()))
    return DONE
