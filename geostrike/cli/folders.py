"""The files that commands read and write, and whether a run into their folder was cut off."""

from __future__ import annotations

import os
from pathlib import Path

from geostrike.cli.terminal import warn

__all__ = ["named_files", "run_tables", "tables_in", "warn_if_cut_off", "write_whole"]


def named_files(*paths: str | Path | None) -> list[Path]:
    """The files that options name."""
    return [Path(path) for path in paths if path is not None and os.path.isfile(path)]  # noqa: PTH113 - takes any text


def run_tables(folder: Path | None) -> list[Path]:
    """The files of an earlier run that are compared with."""
    names = ("strikes.csv", "strikes.parquet", "members.csv")
    return [] if folder is None or not folder.is_dir() else [folder / name for name in names]


def tables_in(path: Path) -> list[Path]:
    """The tables that are read of a path: it, or those of the folder of results that it is."""
    return [path, *run_tables(path)]


def warn_if_cut_off(*paths: Path | None) -> None:
    """Say which of the folders that results are read from hold those of a run that was cut off."""
    from geostrike.intake.output import was_cut_off

    folders = [path if path.is_dir() else path.parent for path in paths if path is not None]
    for folder in dict.fromkeys(folders):
        if was_cut_off(folder):
            warn(f"{folder}: a run into it was cut off, or is writing now: old and new results may be mixed; run again")


def write_whole(folder: Path, files: dict[str, bytes], inputs: list[Path]) -> None:
    """Write all of the files, or none; never one of those that were read."""
    from geostrike.intake.writing import alone_in, put_files

    with alone_in(folder):
        put_files(folder, files, force=True, inputs=inputs)
