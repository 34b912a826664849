"""The words of the strikes in a table: what was hit, with what, by whom, and how sure it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from geostrike.exchange.columns import taken
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
    """The columns of closed words of a strikes table, and the hints on the country and region of each row."""
    columns: dict[str, Any] = {
        "target_kind": _word(table, "target_kind", TARGET_KINDS),
        "weapon": _word(table, "weapon", WEAPONS),
    }
    status = _word(table, "status", STATUSES)
    columns["status"] = status.mask(status == "", "unconfirmed")
    columns |= {key: _word(table, key, None) for key in ("attacker", "target_side")}
    basis = "reported" if "attacker" in table.mapping else table.schema.attacker_basis
    columns["attacker_basis"] = taken(["", basis], (columns["attacker"] != "").to_numpy().astype(int))
    columns["n_reports"] = 1
    hints = (("country", "country_hint"), ("admin1", "admin1_hint"))
    return columns | {name: table.cells(key) for key, name in hints if key in table.mapping}


def _word(table: MappedTable, key: str, words: Collection[str] | None) -> pd.Series[str]:
    """The column in geostrike's words; what is none of them is left out, and stays in the table's own column.

    Where it tells nothing, other columns may; where these tell different things, nothing is told.
    """
    codes, values = table.coded(key)
    known = _COUNTRY.fullmatch if words is None else (lambda value: value if value in words else None)
    found = taken([value if known(value) else "" for value in values], codes)
    rules = [rule for rule in table.schema.words if rule.to == key and table.has_column(rule.column)]
    if not rules:
        return found
    others, torn = _by_rules(table, rules)
    return found.mask((found == "") & ~torn, others)


def _by_rules(table: MappedTable, rules: Sequence[Words]) -> tuple[pd.Series[str], npt.NDArray[np.bool_]]:
    """What the table's other columns say, and where they contradict each other."""
    others = taken([""], np.zeros(len(table), dtype=np.int64))
    torn = np.zeros(len(table), dtype=bool)
    for rule in rules:
        codes, values = table.coded_column(rule.column)
        word = taken([rule.word_for(value) for value in values], codes)
        torn |= ((others != "") & (word != "") & (others != word)).to_numpy(dtype=bool)
        others = others.mask(others == "", word)
    return others, torn
