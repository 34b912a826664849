"""Check the files that commands read, and write files completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from geostrike.cli.terminal import warn
from geostrike.errors import InputError

__all__ = ["check_tables", "named_files", "run_tables", "tables_in", "warn_if_cut_off", "write_whole"]


def named_files(*paths: str | Path | None) -> list[Path]:
    """Return the paths that are files."""
    return [Path(path) for path in paths if path is not None and os.path.isfile(path)]  # noqa: PTH113 - accepts any text


def run_tables(folder: Path | None) -> list[Path]:
    """Return the tables of an earlier run in a folder."""
    names = ("strikes.csv", "strikes.parquet", "members.csv")
    return [] if folder is None or not folder.is_dir() else [folder / name for name in names]


def tables_in(path: Path) -> list[Path]:
    """Return the tables that are read from a path: a file, or those in a folder of results."""
    return [path, *run_tables(path)]


def check_tables(*paths: Path | None) -> None:
    """Refuse a manifest given as a table, and warn if results are mixed or were changed.

    Raises
    ------
    InputError
        If a path is the manifest of a run.
    """
    from geostrike.intake.output import is_manifest, was_changed

    given = [path for path in paths if path is not None]
    for path in given:
        if path.is_file() and is_manifest(path):
            msg = f"{path}: is the manifest of a run, and not a table; give its folder, or strikes.csv in it"
            raise InputError(msg)
    warn_if_cut_off(*given)
    for file in dict.fromkeys(file for path in given for file in tables_in(path)):
        if file.is_file() and was_changed(file):
            warn(f"{file}: was changed since the run that wrote it; what the other files there say may not fit it")


def warn_if_cut_off(*paths: Path | None) -> None:
    """Warn of folders whose last run was interrupted."""
    from geostrike.intake.output import was_cut_off

    folders = [path if path.is_dir() else path.parent for path in paths if path is not None]
    for folder in dict.fromkeys(folders):
        if was_cut_off(folder):
            warn(
                f"{folder}: a run into it was cut off, or is still writing: old and new results may be mixed; run again"
            )


def write_whole(folder: Path, files: dict[str, bytes], inputs: list[Path]) -> None:
    """Write all files or none, and never over one that was read."""
    from geostrike.intake.writing import alone_in, put_files

    with alone_in(folder):
        put_files(folder, files, force=True, inputs=inputs)
