"""Which files of a folder are reports: regular files in it, without those that an earlier run wrote.

Links to files are followed within the folder, never out of it; links to folders are not, since what they lead to is in
the folder anyway, or outside. What is neither a regular file nor a folder is not opened: a pipe would wait for ever.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.errors import InputError
from geostrike.intake.output import result_names
from geostrike.reading.documents.formats import SUFFIXES
from geostrike.reading.overrides import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EARLIER", "RESULTS", "FolderFiles", "files_of"]

EARLIER = "files of an earlier run"
RESULTS = "files in the folder for results"
# A person's decisions beside the results: a setting, no report.
_DECISIONS = "decisions.csv"
_NOT_REGULAR = "is not a regular file"
_OUTSIDE = "is a link that leads out of the folder; put a copy there instead"
_NOWHERE = "is a link that leads nowhere"


@dataclass
class FolderFiles:
    """What a folder holds: files to read by name, what cannot be read with the reason, what is passed over by kind."""

    files: dict[str, Path] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)

    def in_order(self) -> FolderFiles:
        """The same in the order of the names."""
        return FolderFiles(
            dict(sorted(self.files.items())),
            dict(sorted(self.refused.items())),
            Counter(dict(sorted(self.passed_over.items()))),
        )


def files_of(root: Path, results: Path | None = None) -> FolderFiles:
    """The files of a folder that may be reports, or the one file that is given.

    Parameters
    ----------
    root
        A file or a folder.
    results
        A folder for results: nothing in it is read, unless it is `root` itself.

    Raises
    ------
    InputError
        If there is no such file or folder, it cannot be read, or there is nothing in it that may be a report.
    """
    if root.is_file():
        return FolderFiles({_told(root.name): root})
    if not root.is_dir():
        msg = f"{root}: {_NOT_REGULAR}" if root.exists() else f"{root}: no such file or folder"
        raise InputError(msg)
    found = FolderFiles()
    inside = root.resolve()
    for folder, names in _walk(root, results, found):
        earlier = result_names(folder, names)
        settings = {_DECISIONS} if earlier else set()
        for name in names:
            if name.startswith(".") or name == SETTINGS_FILE:
                continue
            if name in earlier | settings:
                found.passed_over[EARLIER] += 1
            else:
                _take(folder / name, _relative(folder / name, root), inside, found)
    if not found.files and not found.refused:
        told = f"{found.passed_over.total()} files that a run wrote" if found.passed_over else "no file"
        msg = f"{root}: the folder holds {told}; reports are {', '.join(SUFFIXES)} files"
        raise InputError(msg)
    return found.in_order()


def _walk(root: Path, results: Path | None, found: FolderFiles) -> Iterator[tuple[Path, list[str]]]:
    """Each folder that is read, with the names of its files."""

    def refuse(error: OSError) -> None:
        if Path(error.filename) == root:
            msg = f"{root}: cannot be read: {error.strerror}"
            raise InputError(msg) from error
        found.refused[_relative(Path(error.filename), root)] = f"the folder cannot be read: {error.strerror}"

    inside = root.resolve()
    for folder, folders, names in os.walk(root, onerror=refuse):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders]:
            if (here / name).is_symlink():
                # os.walk does not follow it: what it leads to is read where it is, if that is in the folder.
                if not (here / name).resolve().is_relative_to(inside):
                    found.refused[_relative(here / name, root)] = _OUTSIDE
            elif results is not None and _same(here / name, results):
                folders.remove(name)
                found.passed_over += _counted(here / name)
        yield here, sorted(names)


def _same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _counted(results: Path) -> Counter[str]:
    """The number of files in a folder for results that are not hidden, by kind."""
    kinds: Counter[str] = Counter()
    for folder, _, names in os.walk(results):
        earlier = result_names(Path(folder), names)
        kinds.update(EARLIER if name in earlier else RESULTS for name in names if not name.startswith("."))
    return kinds


def _take(file: Path, name: str, inside: Path, found: FolderFiles) -> None:
    """Put a file where it belongs."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        found.refused[name] = _NOWHERE if file.is_symlink() else f"the file cannot be read: {error.strerror}"
        return
    if file.is_symlink() and not file.resolve().is_relative_to(inside):
        found.refused[name] = _OUTSIDE
    elif stat.S_ISREG(mode):
        found.files[name] = file
    elif not stat.S_ISDIR(mode):
        found.refused[name] = _NOT_REGULAR


def _relative(file: Path, root: Path) -> str:
    return _told(file.relative_to(root).as_posix())


def _told(name: str) -> str:
    """A file's name as text, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
