"""Write a folder of results so that nobody reads half of it, and nothing of the user's is lost.

Every file is written under a temporary name and flushed to disk. When all are there, a journal of their names is
written and they are renamed into place, the manifest `run.json` last; then the journal is removed. If it is still
there, the last run was interrupted, and the next one reports that.

The manifest lists every file with its hash. A file whose hash is neither there nor in the journal is the user's, such
as a table that was filled in: it is kept and the new one is written next to it as `NAME.new.EXT`, unless the user asks
to replace it. A file is removed only if a run would write one of that name and its hash is still the listed one: so a
manifest that somebody changed does no harm.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from geostrike.errors import InputError
from geostrike.intake.writing import hash_of, json_text, same_file, sync_folder, write_synced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set
    from types import TracebackType

__all__ = [
    "JOURNAL",
    "MANIFEST",
    "NOT_OURS",
    "OutputFolder",
    "Placement",
    "is_manifest",
    "result_names",
    "was_changed",
    "was_cut_off",
]

MANIFEST = "run.json"
JOURNAL = ".geostrike-writing.json"
_LOCK = ".geostrike.lock"
_TEMPORARY = ".geostrike-new-"
NOT_OURS = "not as a run wrote it"
"""Why a file is kept unless the user asks to replace it."""
_READ = "read by this run"
_HASH = re.compile(r"[0-9a-f]{64}")
_MANIFEST_NAME = re.compile(r"run(\.new\d*)?\.json")


@dataclass(frozen=True)
class Placement:
    """The name of each file of a run in its folder, and why existing files are kept."""

    names: Mapping[str, str]
    kept: Mapping[str, str]


class OutputFolder:
    """The folder that a run writes to, as a context manager.

    Parameters
    ----------
    path
        The folder; created if it does not exist.
    force
        Whether the user's files may be replaced.
    inputs
        Files that the run reads; never replaced.
    compared
        Files of an earlier run that this one reads; replaced only if a run wrote them.
    names
        The names of files that a run may write; those of an earlier run with such a name are removed.

    Raises
    ------
    InputError
        If the path is not a folder, cannot be written, or another run is writing to it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "out"
    >>> with OutputFolder(folder) as out:
    ...     out.publish({"a.txt": b"one"}, {"geostrike": "1"})
    'run.json'
    >>> sorted(path.name for path in folder.iterdir() if path.name[0] != ".")
    ['a.txt', 'run.json']
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        force: bool = False,
        inputs: Iterable[str | os.PathLike[str]] = (),
        compared: Iterable[str | os.PathLike[str]] = (),
        names: Set[str] = frozenset(),
    ) -> None:
        self.path = Path(path)
        self.force = force
        self.inputs = list(inputs)
        self.compared = list(compared)
        self.names = names
        self._lock: FileLock | None = None

    def __enter__(self) -> OutputFolder:
        if self.path.is_symlink():
            msg = f"{self.path}: is a symbolic link; give the folder itself"
            raise InputError(msg)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _check_lock(self.path / _LOCK)
            self._lock = FileLock(self.path / _LOCK, timeout=0)
            self._lock.acquire()
        except Timeout:
            msg = f"{self.path}: another run is writing to this folder; wait for it, or choose another --out"
            raise InputError(msg) from None
        except OSError as error:
            msg = f"{self.path}: cannot write there: {error.strerror or error}"
            raise InputError(msg) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            for leftover in list(self.path.glob(_TEMPORARY + "*")):
                leftover.unlink(missing_ok=True)
        if self._lock is not None:
            with suppress(OSError):
                self._lock.release()

    def cut_off(self) -> bool:
        """Whether the last run was interrupted while it replaced its files."""
        return was_cut_off(self.path)

    def placement(self, files: Mapping[str, bytes]) -> Placement:
        """Return where each file would go now, and which existing files are kept."""
        ours = {digest for _, digest in self._known()}
        names, kept = {}, {}
        for name, content in files.items():
            mine = ours | {hashlib.sha256(content).hexdigest()}  # nothing is lost if the same content is there already
            refused = self._refused(name, mine)
            if refused:
                kept[name] = refused
            names[name] = self._free_name(name, mine) if refused else name
        return Placement(names, kept)

    def publish(
        self, files: Mapping[str, bytes], manifest: Mapping[str, Any], placement: Placement | None = None
    ) -> str:
        """Write all files, then the manifest with their hashes, and return the name of the manifest.

        Files of an earlier run that this one does not write are removed.

        Parameters
        ----------
        files
            The content of each file, by name.
        manifest
            The record of the run.
        placement
            Where each file goes, if already known.

        Raises
        ------
        InputError
            If existing files cannot be read, or the disk fails. Before all files are on disk the folder is unchanged;
            later, the next run reports that this one was interrupted.
        """
        known, own_name = self._known(), self._manifest_name()
        names = (placement or self.placement(files)).names
        placed = {names[name]: content for name, content in files.items()}
        stale = self._stale(known, placed.keys())
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(placed.items())}
        described = json_text({**manifest, "files": hashes}, indent=2) + "\n"
        # If this run and the next one are interrupted, the files of earlier runs are still known.
        journal = json_text({"files": hashes, "earlier": sorted(map(list, known))})
        try:
            self._replace(placed, stale, own_name, described, journal)
        except OSError as error:
            state = "; it holds old and new files now: run again" if self.cut_off() else ""
            msg = f"{self.path}: could not be written: {error.strerror or error}{state}"
            raise InputError(msg) from error
        return own_name

    def _replace(
        self, placed: Mapping[str, bytes], stale: Iterable[str], own_name: str, described: str, journal: str
    ) -> None:
        """Put the files in place and remove the stale ones while the journal is there; the manifest comes last."""
        staged = {name: self._stage(name, content) for name, content in placed.items()}
        manifest = self._stage(own_name, described.encode("utf-8", "backslashreplace"))
        self._stage(JOURNAL, journal.encode("utf-8", "backslashreplace")).replace(self.path / JOURNAL)
        sync_folder(self.path)
        for name, temporary in staged.items():
            temporary.replace(self.path / name)
        for name in stale:
            (self.path / name).unlink(missing_ok=True)
        manifest.replace(self.path / own_name)
        sync_folder(self.path)
        (self.path / JOURNAL).unlink()

    def _stage(self, name: str, content: bytes) -> Path:
        return write_synced(self.path / (_TEMPORARY + name), content)

    def _refused(self, name: str, ours: Set[str]) -> str:
        """Return why a file must not be replaced; empty if it may be, or does not exist."""
        path = self.path / name
        if not os.path.lexists(path):
            return ""
        if path.is_dir() and not path.is_symlink():
            return "a folder"
        if same_file(path, self.inputs):
            return _READ
        if hash_of(path) in ours:
            return ""
        if not self.force:
            return NOT_OURS
        return _READ if same_file(path, self.compared) else ""

    def _free_name(self, name: str, ours: Set[str]) -> str:
        others = _alternative_names(name)
        for other in others:
            if not self._refused(other, ours):
                return other
        msg = f"{self.path / name}: is kept, and so are {len(others)} files next to it; move some of them away"
        raise InputError(msg)

    def _manifests(self) -> list[str]:
        """The names of existing manifests: `run.json`, or others if the user has a file of that name."""
        return [name for name in (MANIFEST, *_alternative_names(MANIFEST)) if is_manifest(self.path / name)]

    def _manifest_name(self) -> str:
        ours = {hash_of(self.path / name) for name in self._manifests()}
        return self._free_name(MANIFEST, ours) if self._refused(MANIFEST, ours) else MANIFEST

    def _known(self) -> set[tuple[str, str]]:
        """The name and hash of each file that runs wrote here, interrupted ones included."""
        known: set[tuple[str, str]] = set()
        for name in self._manifests():
            known |= _listed_files(_read_listing(self.path / name).get("files"))
        journal = _read_listing(self.path / JOURNAL)
        earlier = journal.get("earlier")
        pairs = [pair for pair in earlier if isinstance(pair, list)] if isinstance(earlier, list) else []
        return known | _listed_files(journal.get("files")) | {pair for pair in map(tuple, pairs) if _is_listing(*pair)}

    def _stale(self, known: set[tuple[str, str]], placed: Set[str]) -> list[str]:
        """The unchanged files of earlier runs that this one does not write."""
        ours = {own for name in self.names for own in (name, *_alternative_names(name))}
        return [
            name
            for name, digest in sorted(known)
            if name in ours - placed
            and hash_of(self.path / name) == digest
            and not same_file(self.path / name, self.inputs)
        ]


def was_cut_off(path: str | os.PathLike[str]) -> bool:
    """Whether the last run was interrupted while it replaced its files, or is doing so now.

    Examples
    --------
    >>> import tempfile
    >>> was_cut_off(tempfile.mkdtemp())
    False
    """
    return os.path.lexists(Path(path) / JOURNAL)


def was_changed(path: Path) -> bool:
    """Whether a manifest in the folder lists the file, and its content has changed since.

    Examples
    --------
    >>> was_changed(Path("no such folder") / "strikes.csv")
    False
    """
    listings = [_read_listing(path.parent / name) for name in (MANIFEST, *_alternative_names(MANIFEST))]
    digests = {
        digest for listing in listings for name, digest in _listed_files(listing.get("files")) if name == path.name
    }
    return bool(digests) and hash_of(path) not in digests


def _check_lock(path: Path) -> None:
    """Refuse what is not a lock file: opening a pipe would wait, and opening a link would empty its target."""
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        msg = f"{path}: is not a regular file; remove it"
        raise InputError(msg)


# --- what a manifest lists --------------------------------------------------------------------------------------------


def _alternative_names(name: str) -> list[str]:
    """Return the names for a new file if the user's is kept: `NAME.new.EXT`, then `NAME.new2.EXT`, ...

    Examples
    --------
    >>> _alternative_names("run.json")[:2]
    ['run.new.json', 'run.new2.json']
    """
    stem, dot, ending = name.rpartition(".")
    return [f"{stem}.new{number}{dot}{ending}" for number in ("", *range(2, 100))]


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest that geostrike wrote."""
    listing = _read_listing(path)
    return "geostrike" in listing and isinstance(listing.get("files"), dict)


def _read_listing(path: Path) -> dict[str, Any]:
    """Read a manifest or a journal; empty if there is none, or it is damaged.

    Raises
    ------
    InputError
        If it exists and cannot be read.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return {}
        listing = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    except OSError as error:
        msg = f"{path}: cannot be read, and so it is not known what may be replaced: {error.strerror or error}"
        raise InputError(msg) from error
    return listing if isinstance(listing, dict) else {}


def _listed_files(files: object) -> set[tuple[str, str]]:
    """Return the name and hash of each file that a manifest or a journal lists."""
    return {pair for pair in files.items() if _is_listing(*pair)} if isinstance(files, dict) else set()


def _is_listing(name: object = None, digest: object = None, *more: object) -> bool:
    """Whether a pair is a plain file name and a hash."""
    if more or not isinstance(name, str) or not isinstance(digest, str):
        return False
    return bool(_HASH.fullmatch(digest)) and Path(name).name == name and not name.startswith(".")


def result_names(folder: Path, names: Iterable[str]) -> set[str]:
    """Return the names of the files in a folder that runs wrote there, with their manifests.

    Parameters
    ----------
    folder
        The folder.
    names
        The names of the files in it.
    """
    found: set[str] = set()
    for name in (*(name for name in names if _MANIFEST_NAME.fullmatch(name)), JOURNAL):
        with suppress(InputError):  # an unreadable one excludes nothing
            listing = _read_listing(folder / name)
            if name == JOURNAL:
                found |= {own for own, _ in _listed_files(listing.get("files"))}
            elif is_manifest(folder / name):
                found |= {name} | {own for own, _ in _listed_files(listing.get("files"))}
    return found
