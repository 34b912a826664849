"""Read the closed words of a table: target, weapon, attacker, status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from geostrike.exchange.columns import text_column
from geostrike.tables import STATUSES, TARGET_KINDS, WEAPONS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt
    import pandas as pd

    from geostrike.exchange.mapped import MappedTable
    from geostrike.exchange.schemas import Words

__all__ = ["word_columns"]

_COUNTRY = re.compile("[A-Z]{3}")


def word_columns(table: MappedTable) -> dict[str, Any]:
    """Return the columns of closed words of a strikes table, and the hints on country and region."""
    columns: dict[str, Any] = {
        "target_kind": _word(table, "target_kind", TARGET_KINDS),
        "weapon": _word(table, "weapon", WEAPONS),
    }
    status = _word(table, "status", STATUSES)
    columns["status"] = status.mask(status == "", "unconfirmed")
    columns |= {key: _word(table, key, None) for key in ("attacker", "target_side")}
    basis = "reported" if "attacker" in table.mapping else table.schema.attacker_basis
    columns["attacker_basis"] = text_column(["", basis], (columns["attacker"] != "").to_numpy().astype(int))
    columns["n_reports"] = 1
    hints = (("country", "country_hint"), ("admin1", "admin1_hint"))
    return columns | {name: table.cells(key) for key, name in hints if key in table.mapping}


def _word(table: MappedTable, key: str, words: Collection[str] | None) -> pd.Series[str]:
    """Read a column in geostrike's words; other words stay in the table's own column only.

    Empty cells are filled by the rules of the schema, unless these contradict each other.
    """
    codes, values = table.codes_of(key)
    known = _COUNTRY.fullmatch if words is None else (lambda value: value if value in words else None)
    found = text_column([value if known(value) else "" for value in values], codes)
    rules = [rule for rule in table.schema.words if rule.to == key and table.has_column(rule.column)]
    if not rules:
        return found
    others, torn = _by_rules(table, rules)
    return found.mask((found == "") & ~torn, others)


def _by_rules(table: MappedTable, rules: Sequence[Words]) -> tuple[pd.Series[str], npt.NDArray[np.bool_]]:
    """Apply the rules; return the words, and where the rules contradict each other."""
    others = text_column([""], np.zeros(len(table), dtype=np.int64))
    torn = np.zeros(len(table), dtype=bool)
    for rule in rules:
        codes, values = table.codes_of_column(rule.column)
        word = text_column([rule.word_for(value) for value in values], codes)
        torn |= ((others != "") & (word != "") & (others != word)).to_numpy(dtype=bool)
        others = others.mask(others == "", word)
    return others, torn
