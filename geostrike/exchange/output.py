"""A folder of results that is written so that nobody ever reads half of it.

Every file is written under a temporary name and forced to disk. Only when all are there, a journal of their names is
written and they are renamed into place, the manifest `run.json` last; then the journal goes. The manifest names every
file with its hash: where a file differs from it, or a journal is left, the last run was cut off, and the next one says
so. A file that neither names is never replaced unless asked, and never deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from geostrike.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["MANIFEST", "OutputFolder"]

MANIFEST = "run.json"
_LOCK = ".geostrike.lock"
_TEMPORARY = ".geostrike-new-"
_JOURNAL = ".geostrike-writing.json"


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
        listed = _listed(self.path / MANIFEST) | _listed(self.path / _JOURNAL)
        return sorted(name for name, digest in listed.items() if _digest(self.path / name) != digest)

    def publish(self, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
        """Write all files, then the manifest with their hashes; what an earlier run wrote and this one did not goes.

        Raises
        ------
        InputError
            If a file of somebody else would be replaced, or the disk refuses.
        """
        earlier = _listed(self.path / MANIFEST)
        self._refuse_foreign(files, earlier)
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
        text = json.dumps({**manifest, "files": hashes}, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        try:
            staged = {name: self._stage(name, content) for name, content in files.items()}
            last = self._stage(MANIFEST, text.encode())
            self._stage(_JOURNAL, json.dumps({"files": hashes}).encode()).replace(self.path / _JOURNAL)
            for name, temporary in staged.items():
                temporary.replace(self.path / name)
            last.replace(self.path / MANIFEST)
            for name in earlier.keys() - files.keys():
                (self.path / name).unlink(missing_ok=True)
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
        temporary = self.path / (_TEMPORARY + name)
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        return temporary


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
