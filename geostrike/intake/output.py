"""A folder of results that is written so that nobody ever reads half of it, and nothing of the user's is lost.

Every file is written under a temporary name and forced to disk. Only when all are there, a journal of their names is
written and they are renamed into place, the manifest `run.json` last; then the journal goes. Where it is still there,
the last run was cut off, and the next one says so.

The manifest names every file with its hash. A file whose hash is neither there nor in the journal is the user's, such
as a table that was filled in: it is kept, and the new one is written beside it as `NAME.new.EXT`, unless the user asks
for it to be replaced. A file goes only where a run would write one of that name, and its hash is still the one that is
listed for it: whatever a manifest says that somebody changed.
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

__all__ = ["JOURNAL", "MANIFEST", "NOT_OURS", "OutputFolder", "Placement", "result_names", "was_cut_off"]

MANIFEST = "run.json"
JOURNAL = ".geostrike-writing.json"
_LOCK = ".geostrike.lock"
_TEMPORARY = ".geostrike-new-"
NOT_OURS = "not as a run wrote it"
"""Why a file is kept that is replaced if the user asks for it."""
_READ = "read by this run"
_HASH = re.compile(r"[0-9a-f]{64}")
_BESIDE = re.compile(r"run(\.new\d*)?\.json")


@dataclass(frozen=True)
class Placement:
    """Where the files of a run go in its folder: for each its name there, and why those that were there are kept."""

    names: Mapping[str, str]
    kept: Mapping[str, str]


class OutputFolder:
    """A folder that one run writes into, as a context manager.

    Parameters
    ----------
    path
        The folder; it is made if it is not there.
    force
        Whether the user's files may be replaced.
    inputs
        Files that the run reads: they are never replaced.
    compared
        Files of an earlier run that this one reads: of them, only those are replaced that a run wrote.
    names
        The names of files that a run may write: what an earlier run wrote goes if it bears one of these.

    Raises
    ------
    InputError
        If the path is no folder, cannot be written, or another run is writing into it.

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
            msg = f"{self.path}: another run is writing into this folder; wait for it, or choose another --out"
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
        """Whether the last run into the folder was cut off while it put its files in place."""
        return was_cut_off(self.path)

    def placement(self, files: Mapping[str, bytes]) -> Placement:
        """Where each file would go now, and what stays beside it."""
        ours = {digest for _, digest in self._known()}
        names, kept = {}, {}
        for name, content in files.items():
            mine = ours | {hashlib.sha256(content).hexdigest()}  # where the same is there already, nothing is lost
            refused = self._refused(name, mine)
            if refused:
                kept[name] = refused
            names[name] = self._free_name(name, mine) if refused else name
        return Placement(names, kept)

    def publish(
        self, files: Mapping[str, bytes], manifest: Mapping[str, Any], placement: Placement | None = None
    ) -> str:
        """Write all files, then the manifest with their hashes; what an earlier run wrote and this one did not goes.

        The name of the manifest comes back.

        Parameters
        ----------
        files
            The content of each file, by name.
        manifest
            What the run says of itself.
        placement
            Where each goes, where that is known already.

        Raises
        ------
        InputError
            If what is there cannot be read, or the disk refuses. Where that happens before all files are on the disk,
            the folder is as it was; later, the next run says that this one was cut off.
        """
        known, own_name = self._known(), self._manifest_name()
        names = (placement or self.placement(files)).names
        placed = {names[name]: content for name, content in files.items()}
        stale = self._stale(known, placed.keys())
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(placed.items())}
        described = json_text({**manifest, "files": hashes}, indent=2) + "\n"
        # Were this run cut off, and the next one, too, the files of the earlier ones are still known.
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
        """Why a file must not be replaced; empty where it may be, or is not there."""
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
        others = _names_beside(name)
        for other in others:
            if not self._refused(other, ours):
                return other
        msg = f"{self.path / name}: is kept, and so are {len(others)} files beside it; move some of them away"
        raise InputError(msg)

    def _manifests(self) -> list[str]:
        """The names of the manifests that are there: `run.json`, or others where the user's file is called that."""
        return [name for name in (MANIFEST, *_names_beside(MANIFEST)) if _is_manifest(self.path / name)]

    def _manifest_name(self) -> str:
        ours = {hash_of(self.path / name) for name in self._manifests()}
        return self._free_name(MANIFEST, ours) if self._refused(MANIFEST, ours) else MANIFEST

    def _known(self) -> set[tuple[str, str]]:
        """Name and hash of each file that runs wrote here, those that were cut off included."""
        known: set[tuple[str, str]] = set()
        for name in self._manifests():
            known |= _listed(_read_listing(self.path / name).get("files"))
        journal = _read_listing(self.path / JOURNAL)
        earlier = journal.get("earlier")
        pairs = [pair for pair in earlier if isinstance(pair, list)] if isinstance(earlier, list) else []
        return known | _listed(journal.get("files")) | {pair for pair in map(tuple, pairs) if _is_listing(*pair)}

    def _stale(self, known: set[tuple[str, str]], placed: Set[str]) -> list[str]:
        """The files of earlier runs that this one does not write, and that nobody changed."""
        ours = {own for name in self.names for own in (name, *_names_beside(name))}
        return [
            name
            for name, digest in sorted(known)
            if name in ours - placed
            and hash_of(self.path / name) == digest
            and not same_file(self.path / name, self.inputs)
        ]


def was_cut_off(path: str | os.PathLike[str]) -> bool:
    """Whether the last run into a folder was cut off while it put its files in place, or is about to.

    Examples
    --------
    >>> import tempfile
    >>> was_cut_off(tempfile.mkdtemp())
    False
    """
    return os.path.lexists(Path(path) / JOURNAL)


def _check_lock(path: Path) -> None:
    """Refuse what is no lock: opening a pipe would wait, and opening a link would empty what it leads to."""
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        msg = f"{path}: is not a regular file; remove it"
        raise InputError(msg)


# --- what a manifest lists --------------------------------------------------------------------------------------------


def _names_beside(name: str) -> list[str]:
    """The names for a new file where the user keeps one of that name: `NAME.new.EXT`, then `NAME.new2.EXT`, ...

    Examples
    --------
    >>> _names_beside("run.json")[:2]
    ['run.new.json', 'run.new2.json']
    """
    stem, dot, ending = name.rpartition(".")
    return [f"{stem}.new{number}{dot}{ending}" for number in ("", *range(2, 100))]


def _is_manifest(path: Path) -> bool:
    """Whether it is a manifest that geostrike wrote."""
    told = _read_listing(path)
    return "geostrike" in told and isinstance(told.get("files"), dict)


def _read_listing(path: Path) -> dict[str, Any]:
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


def _listed(files: object) -> set[tuple[str, str]]:
    """Name and hash of each file that a manifest or a journal lists under `files`."""
    return {pair for pair in files.items() if _is_listing(*pair)} if isinstance(files, dict) else set()


def _is_listing(name: object = None, digest: object = None, *more: object) -> bool:
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
            listing = _read_listing(folder / name)
            if name == JOURNAL:
                found |= {own for own, _ in _listed(listing.get("files"))}
            elif _is_manifest(folder / name):
                found |= {name} | {own for own, _ in _listed(listing.get("files"))}
    return found
