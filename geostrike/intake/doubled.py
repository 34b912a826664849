"""Objects of JSON that tell two things under one name, of which a reader would take the last without a word."""

from __future__ import annotations

from typing import Any

__all__ = ["Doubled", "as_object"]


class Doubled(dict[str, Any]):
    """An object with a name that stands twice, and not for the same."""

    __slots__ = ("name",)

    def __init__(self, pairs: list[tuple[str, Any]], name: str) -> None:
        super().__init__(pairs)
        self.name = name

    @property
    def reason(self) -> str:
        """What is wrong with it, in a line."""
        return f"{self.name[:40]!r} is told twice, and not the same"


def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these names and values, for ``json.loads(..., object_pairs_hook=as_object)``.

    Examples
    --------
    >>> as_object([("date", "2024-01-25"), ("date", "2023-01-01")]).reason
    "'date' is told twice, and not the same"
    """
    told = dict(pairs)
    if len(told) == len(pairs):
        return told
    name = next((name for name, value in pairs if repr(value) != repr(told[name])), None)
    return told if name is None else Doubled(pairs, name)
