"""List the files of a folder that may be reports: regular files, except those that an earlier run wrote.

Links to files are followed within the folder, never out of it. Links to folders are not followed: their target is
either in the folder anyway or outside it. Other kinds of file are not opened: reading a pipe would never return.
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
RESULTS = "files in the output folder"
# A reviewer's decisions next to the results: settings, not a report.
_DECISIONS = "decisions.csv"
_NOT_REGULAR = "is not a regular file"
_OUTSIDE = "is a link that leads out of the folder; copy its target into the folder instead"
_NOWHERE = "is a broken link"


@dataclass
class FolderFiles:
    """Files to read by name, files that cannot be read with the reason, and counts of skipped files by kind."""

    files: dict[str, Path] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)

    def in_order(self) -> FolderFiles:
        """Return the same, sorted by name."""
        return FolderFiles(
            dict(sorted(self.files.items())),
            dict(sorted(self.rejected.items())),
            Counter(dict(sorted(self.passed_over.items()))),
        )


def files_of(root: Path, results: Path | None = None) -> FolderFiles:
    """Return the files of a folder that may be reports, or the one given file.

    Parameters
    ----------
    root
        A file or a folder.
    results
        The output folder: nothing in it is read, unless it is `root` itself.

    Raises
    ------
    InputError
        If the file or folder does not exist, cannot be read, or holds nothing that may be a report.
    """
    if root.is_file():
        return FolderFiles({_readable(root.name): root})
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
                _add_file(folder / name, _relative(folder / name, root), inside, found)
    if not found.files and not found.rejected:
        count = found.passed_over.total()
        content = f"only {count} files that a run wrote" if count else "no files"
        msg = f"{root}: the folder holds {content}; reports are {', '.join(SUFFIXES)} files"
        raise InputError(msg)
    return found.in_order()


def _walk(root: Path, results: Path | None, found: FolderFiles) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder to read, with the names of its files."""

    def refuse(error: OSError) -> None:
        if Path(error.filename) == root:
            msg = f"{root}: cannot be read: {error.strerror}"
            raise InputError(msg) from error
        found.rejected[_relative(Path(error.filename), root)] = f"the folder cannot be read: {error.strerror}"

    inside = root.resolve()
    for folder, folders, names in os.walk(root, onerror=refuse):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders]:
            if (here / name).is_symlink():
                # os.walk does not follow it; a target inside the folder is read in its own place.
                if not (here / name).resolve().is_relative_to(inside):
                    found.rejected[_relative(here / name, root)] = _OUTSIDE
            elif results is not None and _same(here / name, results):
                folders.remove(name)
                found.passed_over += _count_files(here / name)
        yield here, sorted(names)


def _same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _count_files(results: Path) -> Counter[str]:
    """Count the visible files of an output folder by kind."""
    kinds: Counter[str] = Counter()
    for folder, _, names in os.walk(results):
        earlier = result_names(Path(folder), names)
        kinds.update(EARLIER if name in earlier else RESULTS for name in names if not name.startswith("."))
    return kinds


def _add_file(file: Path, name: str, inside: Path, found: FolderFiles) -> None:
    """Add a file to those to read, or to those rejected."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        found.rejected[name] = _NOWHERE if file.is_symlink() else f"the file cannot be read: {error.strerror}"
        return
    if file.is_symlink() and not file.resolve().is_relative_to(inside):
        found.rejected[name] = _OUTSIDE
    elif stat.S_ISREG(mode):
        found.files[name] = file
    elif not stat.S_ISDIR(mode):
        found.rejected[name] = _NOT_REGULAR


def _relative(file: Path, root: Path) -> str:
    return _readable(file.relative_to(root).as_posix())


def _readable(name: str) -> str:
    """Return a file name as valid text, even if its bytes are not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
