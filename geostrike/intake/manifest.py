"""The manifest of a folder of results: which files a run wrote there.

`run.json` names every file with its hash. The journal does so while files are put in place; where it is still there,
the run was cut off. Nothing else that either says is believed: somebody may have changed it.
"""

from __future__ import annotations

import json
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["JOURNAL", "MANIFEST", "is_listing", "is_manifest", "listed", "names_beside", "read_listing", "result_names"]

MANIFEST = "run.json"
JOURNAL = ".geostrike-writing.json"
_HASH = re.compile(r"[0-9a-f]{64}")
_BESIDE = re.compile(r"run(\.new\d*)?\.json")


def names_beside(name: str) -> list[str]:
    """The names for a new file where the user keeps one of that name: `NAME.new.EXT`, then `NAME.new2.EXT`, ...

    Examples
    --------
    >>> names_beside("run.json")[:2]
    ['run.new.json', 'run.new2.json']
    """
    stem, dot, ending = name.rpartition(".")
    return [f"{stem}.new{number}{dot}{ending}" for number in ("", *range(2, 100))]


def is_manifest(path: Path) -> bool:
    """Whether it is a manifest that geostrike wrote."""
    told = read_listing(path)
    return "geostrike" in told and isinstance(told.get("files"), dict)


def read_listing(path: Path) -> dict[str, Any]:
    """What a manifest or a journal holds; nothing where there is none, or it is damaged.

    Raises
    ------
    InputError
        If it is there and the system does not let it be read.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return {}
        told = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    except OSError as error:
        msg = f"{path}: cannot be read, and so it is not known what may be replaced: {error.strerror or error}"
        raise InputError(msg) from error
    return told if isinstance(told, dict) else {}


def listed(files: object) -> set[tuple[str, str]]:
    """Name and hash of each file that a manifest or a journal lists under `files`."""
    return {pair for pair in files.items() if is_listing(*pair)} if isinstance(files, dict) else set()


def is_listing(name: object = None, digest: object = None, *more: object) -> bool:
    """Whether it is a plain name and a hash."""
    if more or not isinstance(name, str) or not isinstance(digest, str):
        return False
    return bool(_HASH.fullmatch(digest)) and Path(name).name == name and not name.startswith(".")


def result_names(folder: Path, names: Iterable[str]) -> set[str]:
    """The names of the files in a folder that runs wrote there, their manifests included; empty where there was none.

    Parameters
    ----------
    folder
        The folder.
    names
        The names of the files in it.
    """
    found: set[str] = set()
    for name in (*(name for name in names if _BESIDE.fullmatch(name)), JOURNAL):
        with suppress(InputError):  # what cannot be read leaves nothing out
            listing = read_listing(folder / name)
            if name == JOURNAL:
                found |= {own for own, _ in listed(listing.get("files"))}
            elif is_manifest(folder / name):
                found |= {name} | {own for own, _ in listed(listing.get("files"))}
    return found
