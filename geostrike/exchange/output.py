"""A folder of results that is written so that nobody ever reads half of it.

Every file is written under a temporary name and forced to disk. Only when all are there, a journal of their names is
written and they are renamed into place, the manifest `run.json` last; then the journal goes. The manifest names every
file with its hash: where a file differs from it, or a journal is left, the last run was cut off, and the next one says
so. A file that neither names is never replaced unless asked, and never deleted.

Single files beside others (`put_files`) have no manifest: temporary names that are left show that writing was cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from geostrike.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ["MANIFEST", "OutputFolder", "alone_in", "put_files"]

MANIFEST = "run.json"
_LOCK = ".geostrike.lock"
_TEMPORARY = ".geostrike-new-"
_JOURNAL = ".geostrike-writing.json"
_SINGLE = ".geostrike-one-"


class OutputFolder:
    """A folder that one run writes into, as a context manager.

    Parameters
    ----------
    path
        The folder; it is made if it is not there.
    force
        Whether files that no earlier run wrote may be replaced.

    Raises
    ------
    InputError
        If the path is no folder, cannot be written, or another run is writing into it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "out"
    >>> with OutputFolder(folder) as out:
    ...     out.publish({"a.txt": b"one"}, {"version": "1"})
    >>> sorted(path.name for path in folder.iterdir() if path.name[0] != ".")
    ['a.txt', 'run.json']
    """

    def __init__(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        self.path = Path(path)
        self.force = force
        self._lock: FileLock | None = None

    def __enter__(self) -> OutputFolder:
        if self.path.is_symlink():
            msg = f"{self.path}: is a symbolic link; give the folder itself"
            raise InputError(msg)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
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
        for leftover in self.path.glob(_TEMPORARY + "*"):
            leftover.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()

    def cut_off(self) -> list[str]:
        """The files that are not as the manifest says: empty after a whole run, or where none has been."""
        done, begun = _listed(self.path / MANIFEST), _listed(self.path / _JOURNAL)
        broken = {name for name, digest in [*done.items(), *begun.items()] if _digest(self.path / name) != digest}
        return sorted(broken | ({MANIFEST} if begun and not done else set()))

    def publish(self, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
        """Write all files, then the manifest with their hashes; what an earlier run wrote and this one did not goes.

        Raises
        ------
        InputError
            If a file of somebody else would be replaced, or the disk refuses.
        """
        earlier, begun = _listed(self.path / MANIFEST), _listed(self.path / _JOURNAL)
        # Of a run that was cut off, also what it had put in place.
        ours = earlier | {name: told for name, told in begun.items() if _digest(self.path / name) == told}
        self._refuse_foreign(files, earlier)
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
        text = json.dumps({**manifest, "files": hashes}, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        try:
            staged = {name: self._stage(name, content) for name, content in files.items()}
            last = self._stage(MANIFEST, text.encode("utf-8", "backslashreplace"))
            self._stage(_JOURNAL, json.dumps({"files": hashes}).encode()).replace(self.path / _JOURNAL)
            for name, temporary in staged.items():
                temporary.replace(self.path / name)
            for name in ours.keys() - files.keys():
                (self.path / name).unlink(missing_ok=True)
            last.replace(self.path / MANIFEST)
            (self.path / _JOURNAL).unlink()
            _sync_folder(self.path)
        except OSError as error:
            msg = f"{self.path}: could not be written: {error.strerror or error}"
            raise InputError(msg) from error

    def _refuse_foreign(self, files: dict[str, bytes], earlier: dict[str, str]) -> None:
        ours = earlier.keys() | _listed(self.path / _JOURNAL).keys()
        if earlier or not (self.path / MANIFEST).exists():
            ours = ours | {MANIFEST}
        foreign = [name for name in [*files, MANIFEST] if name not in ours and (self.path / name).exists()]
        if foreign and not self.force:
            msg = f"{self.path / foreign[0]}: no run wrote it, and it would be replaced; --force allows it"
            raise InputError(msg)

    def _stage(self, name: str, content: bytes) -> Path:
        return _written(self.path / (_TEMPORARY + name), content)


def _written(path: Path, content: bytes) -> Path:
    """The file, made anew and forced to disk; a link of its name is not followed."""
    path.unlink(missing_ok=True)
    with path.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    return path


def _listed(path: Path) -> dict[str, str]:
    """File names and hashes of a manifest or journal; empty where there is none that geostrike wrote."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    if not isinstance(files, dict):
        return {}
    # Only plain names: a manifest that was tampered with must not reach outside the folder.
    return {str(name): str(digest) for name, digest in files.items() if Path(name).name == name}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _sync_folder(path: Path) -> None:
    """Force the renames to disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- single files -----------------------------------------------------------------------------------------------------


@contextmanager
def alone_in(folder: Path) -> Iterator[list[str]]:
    """Wait until nobody else puts files into a folder; what an earlier process left when it was cut off is taken away.

    Yields the temporary names that were left. Where the system cannot lock a folder, nobody is waited for.

    Raises
    ------
    InputError
        If there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        msg = f"{folder}: no such folder"
        raise InputError(msg)
    if os.name != "posix":
        yield []
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        msg = f"{folder}: cannot be read: {error.strerror or error}"
        raise InputError(msg) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        left = sorted(folder.glob(_SINGLE + "*"))
        for temporary in left:
            with suppress(OSError):
                temporary.unlink()
        yield [path.name for path in left]
    finally:
        os.close(handle)


def put_files(folder: Path, files: dict[str, bytes], *, force: bool, may_replace: set[str]) -> None:
    """Write all files under temporary names, then rename them, the first one last: none is ever seen half written.

    Raises
    ------
    InputError
        If a file is there and may not be replaced, is a folder or a link, or the disk refuses; nothing is left then.
    """
    for name in files:
        _check_target(folder / name, force=force or name in may_replace)
    staged: dict[str, Path] = {}
    try:
        for name, content in files.items():
            # A name of its own length: with something before it, a long one might become too long.
            staged[name] = (
                folder / f"{_SINGLE}{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
            )
            _written(staged[name], content)
        for name in reversed(files):
            staged[name].replace(folder / name)
        _sync_folder(folder)
    except OSError as error:
        msg = f"{folder / next(iter(files))}: could not be written: {error.strerror or error}"
        raise InputError(msg) from error
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()


def _check_target(path: Path, *, force: bool) -> None:
    if path.is_symlink():
        msg = f"{path}: is a symbolic link; give the file itself"
        raise InputError(msg)
    if path.is_dir():
        msg = f"{path}: is a folder"
        raise InputError(msg)
    if path.exists() and not force:
        msg = f"{path}: is there already; --force replaces it"
        raise InputError(msg)
