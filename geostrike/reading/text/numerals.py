"""Numbers in figures, with the separators of any language."""

from __future__ import annotations

import re

__all__ = ["read_number"]

# Longer numbers count nothing in a report, and one of 400 digits overflows.
LONGEST_NUMBER = 20
_GROUPED = re.compile(r"\d{1,3}(?:([.,\u00a0\u202f])\d{3})(?:\1\d{3})*")


def read_number(text: str) -> float | None:
    """Parse figures, with a comma, full stop or space between thousands.

    Examples
    --------
    >>> read_number("1,200"), read_number("1.400"), read_number("2.5"), read_number("x")
    (1200.0, 1400.0, 2.5, None)
    """
    if len(text) > LONGEST_NUMBER:
        return None
    if _GROUPED.fullmatch(text):
        return float(re.sub(r"\D", "", text))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
