"""Write files completely or not at all, never through a link and never over a file that is being read.

A file is written under a temporary name in the same folder, flushed to disk, and renamed. JSON holds only values that
every parser accepts; SOURCE_DATE_EPOCH fixes the time of writing.
"""

from __future__ import annotations

import errno
import hashlib
import json
import math
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geostrike.errors import InputError

__all__ = [
    "alone_in",
    "hash_of",
    "json_text",
    "put_files",
    "same_file",
    "sync_folder",
    "time_of_writing",
    "whole_file",
    "write_synced",
]

_SINGLE = ".geostrike-one-"


# --- files ------------------------------------------------------------------------------------------------------------


@contextmanager
def alone_in(folder: Path) -> Iterator[list[str]]:
    """Wait until no other process writes to a folder, and remove what an interrupted one left there.

    Yields the temporary names that were removed. Does not wait if the system cannot lock folders.

    Raises
    ------
    InputError
        If the folder does not exist or cannot be read.
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
        with suppress(OSError):  # some network disks cannot lock
            fcntl.flock(handle, fcntl.LOCK_EX)
        left = sorted(folder.glob(_SINGLE + "*"))
        for temporary in left:
            with suppress(OSError):
                temporary.unlink()
        yield [path.name for path in left]
    finally:
        os.close(handle)


def put_files(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    force: bool,
    may_replace: Set[str] = frozenset(),
    inputs: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """Write all files under temporary names, then rename them, the first one last: no file is ever half written.

    Parameters
    ----------
    folder, files
        The folder, and the content of each file by name.
    force, may_replace
        Whether existing files may be replaced; otherwise only the named ones.
    inputs
        Files that are being read; never replaced.

    Raises
    ------
    InputError
        If a file exists and may not be replaced, is a folder or a link, or the disk fails; then nothing is left behind.
    """
    inputs = list(inputs)
    for name in files:
        _check_target(folder / name, inputs, force=force or name in may_replace)
    staged = {name: folder / _temporary_name(name) for name in files}
    try:
        for name, content in files.items():
            write_synced(staged[name], content)
        for name in reversed(staged):
            staged[name].replace(folder / name)
        sync_folder(folder)
    except OSError as error:
        msg = f"{folder / next(iter(files))}: could not be written: {error.strerror or error}"
        raise InputError(msg) from error
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()


@contextmanager
def whole_file(target: Path, *, inputs: Iterable[str | os.PathLike[str]] = ()) -> Iterator[Path]:
    """Yield a path to write piece by piece; it replaces `target` if the block succeeds.

    Parameters
    ----------
    target
        The file.
    inputs
        Files that are being read; never replaced.

    Raises
    ------
    InputError
        If `target` is a folder, a link or one of `inputs`, or the disk fails; then nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with whole_file(file) as partial:
    ...     _ = partial.write_text("all of it")
    >>> file.read_text()
    'all of it'
    """
    _check_target(target, list(inputs), force=True)
    partial = target.with_name(_temporary_name(f"{target.name} {os.getpid()}"))
    try:
        partial.unlink(missing_ok=True)
        yield partial
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        msg = f"{target}: could not be written: {error.strerror or error}"
        raise InputError(msg) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def _temporary_name(name: str) -> str:
    """Return a name of fixed length: a prefix could make a long name too long."""
    return _SINGLE + hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _check_target(path: Path, inputs: list[str | os.PathLike[str]], *, force: bool) -> None:
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        if path.parent.is_dir():
            return
        msg = f"{path}: there is no folder {path.parent}"
        raise InputError(msg) from None
    except (OSError, ValueError) as error:
        msg = f"{path}: could not be written: {getattr(error, 'strerror', None) or error}"
        raise InputError(msg) from error
    if same_file(path, inputs):
        msg = f"{path}: is being read, and would be replaced; write to another file"
        raise InputError(msg)
    for is_kind, fault in (
        (stat.S_ISLNK, "is a symbolic link; give the file itself"),
        (stat.S_ISDIR, "is a folder"),
        (lambda mode: not stat.S_ISREG(mode), "is not a regular file"),
    ):
        if is_kind(kind):
            msg = f"{path}: {fault}"
            raise InputError(msg)
    if not force:
        msg = f"{path}: is there already; --force replaces it"
        raise InputError(msg)


def same_file(path: str | os.PathLike[str], others: Iterable[str | os.PathLike[str]]) -> bool:
    """Whether a path is the same file as one of the others, also by links, hard links or another spelling.

    Examples
    --------
    >>> same_file(".", ["./"]), same_file(".", ["no such file"])
    (True, False)
    """
    for other in others:
        with suppress(OSError, ValueError):
            if Path(path).samefile(other):
                return True
    return False


def write_synced(path: Path, content: bytes) -> Path:
    """Write a new file, flushed to disk; a link of that name is replaced, not followed."""
    path.unlink(missing_ok=True)
    with path.open("xb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    return path


def sync_folder(path: Path) -> None:
    """Flush the renames in a folder to disk, if the system can."""
    if os.name != "posix":
        return
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # a folder that may be written but not listed
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a disk that cannot flush folders
            raise
    finally:
        os.close(handle)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a regular file; empty for a link, a folder, a pipe or no file.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return ""
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        return ""
    except OSError as error:
        msg = f"{path}: cannot be read, and so it is not known whether it may be replaced: {error.strerror or error}"
        raise InputError(msg) from error


# --- content ----------------------------------------------------------------------------------------------------------


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON that every parser reads: NaN and infinity become null, unknown types become strings.

    Examples
    --------
    >>> json_text({"accuracy_km": float("nan"), "file": Path("a.csv"), "days": (datetime(2024, 1, 25),)})
    '{"accuracy_km": null, "file": "a.csv", "days": ["2024-01-25T00:00:00"]}'
    """
    return json.dumps(_jsonable(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _jsonable(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, Set):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    if hasattr(value, "tolist"):  # numbers and arrays of NumPy, columns of pandas
        return _jsonable(value.tolist())
    return _jsonable_scalar(value)


def _jsonable_scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < _MOST_BITS else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if str(value) in ("NaT", "<NA>"):  # missing, as pandas writes it
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_MOST_BITS = 10_000  # Python itself writes no number of more than 4,300 digits


def time_of_writing() -> datetime | None:
    """Return the time that SOURCE_DATE_EPOCH fixes, for byte-identical output; None if it is not set.

    Raises
    ------
    InputError
        If it is not a number of seconds since 1970.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    with suppress(ValueError, OverflowError, OSError):
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
    msg = f"SOURCE_DATE_EPOCH is {text[:40]!r}; it is a number of seconds since 1970, such as 1700000000, or not set"
    raise InputError(msg)
