"""The border that a user asks for: one that ships, by its name, or a line in a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TypeAlias

from geostrike.borders.border import Border
from geostrike.errors import BorderError

__all__ = ["DEFAULT_BORDER", "border_from", "is_there"]

PathLike: TypeAlias = str | os.PathLike[str]

DEFAULT_BORDER = "UKR-RUS:land"
_NAME_OF_PAIR = re.compile("[A-Za-z]{3}-[A-Za-z]{3}(:.*)?", re.DOTALL)


def border_from(border: Border | PathLike | None) -> Border:
    """The border that a name such as "UKR-RUS:land", a path or a Border stands for; the default for None.

    Raises
    ------
    BorderError
        If the name is not known or the file holds no line.

    Examples
    --------
    >>> border_from("UKR-RUS:territory").definition
    'territory'
    """
    if isinstance(border, Border):
        return border
    name = DEFAULT_BORDER if border is None else os.fspath(border)
    if not name:
        msg = f"the border has no name; give one such as {DEFAULT_BORDER}, or a file that holds a line"
        raise BorderError(msg)
    if _NAME_OF_PAIR.fullmatch(name) is None or is_there(name):
        return _border_in(name)
    return Border.named(name)


def _border_in(path: str) -> Border:
    try:
        return Border.from_file(path)
    except UnicodeEncodeError as error:
        msg = f"{path}: its name is no UTF-8 text; give the file another name"
        raise BorderError(msg) from error


def is_there(path: str) -> bool:
    """Whether there is a file or a folder of this name."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # no name that a file can have
        return False
