"""The command where the system gives it little: streams that are closed, full or of another encoding, no home.

Each case is a process of its own, since it is the start and the end of one that matter.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from command import REPORT, TABLE, command

from geostrike.cli.terminal import say, standard_streams

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell, limits and devices as POSIX has them")
GEOSTRIKE = f"'{sys.executable}' -m geostrike"


def shell(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A script in which $G is the command."""
    full = os.environ | {"G": GEOSTRIKE, "PYTHONUNBUFFERED": "", "LC_ALL": "C.UTF-8"} | environment
    shown = script.replace("$G", GEOSTRIKE)
    done = subprocess.run(["bash", "-c", shown], cwd=folder, env=full, check=False, capture_output=True, timeout=120)
    assert b"Traceback" not in done.stderr
    assert b"fault of geostrike" not in done.stderr
    return done


@pytest.mark.parametrize(
    ("streams", "code", "words"),
    [
        (">&-", 0, b""),
        ("2>&-", 0, b""),
        ("<&- >&- 2>&-", 0, b""),
        (">/dev/full", 2, b"geostrike: standard output could not be written: No space left on device\n"),
        (">/dev/full 2>/dev/full", 2, b""),
        (">/dev/full 2>&-", 2, b""),
        ("1</dev/null", 2, b"geostrike: standard output could not be written: Bad file descriptor\n"),
        ("| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 0, b""),
        ("2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 0, b""),
    ],
)
def test_odd_streams(streams: str, code: int, words: bytes, tmp_path: Path) -> None:
    """A closed stream and a reader that went away are ignored, a full disk is reported."""
    done = shell(f"$G resolve Tuapse {streams}", tmp_path)
    assert (done.returncode, done.stderr) == (code, words)


def test_unbuffered_streams(tmp_path: Path) -> None:
    """The same holds with PYTHONUNBUFFERED, as in containers."""
    script = "$G resolve Харків; $G resolve Tuapse >/dev/full"
    done = shell(script, tmp_path, PYTHONUNBUFFERED="1", PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stdout[:6], len(done.stderr.splitlines())) == (2, rb"\u0425", 1)


@pytest.mark.parametrize("encoding", ["cp1252:strict", "ascii", "cp1251", "utf-16"])
def test_any_encoding_of_streams(encoding: str, tmp_path: Path) -> None:
    """Letters that an encoding lacks are escaped; JSON is UTF-8 in any encoding."""
    script = "$G resolve Харків --json && ! $G resolve x --country 'Харків\u202e' && $G resolve Харків"
    done = shell(script, tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    codec = encoding.partition(":")[0]
    first, rest = done.stdout.split(b"\n", maxsplit=1)
    assert first.startswith('{"query": "Харків"'.encode())
    assert len(done.stderr.decode(codec).splitlines()) == 1
    name = "Харків".encode(codec, "backslashreplace").decode(codec)
    assert rest.decode(codec).startswith(f"{name}: resolved")


def test_plain_c_locale(tmp_path: Path) -> None:
    """Arguments are decoded as UTF-8 even in the C locale."""
    where = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell("$G resolve Харків --json", tmp_path, **where)
    assert done.returncode == 0
    assert '{"query": "Харків", "status": "resolved"'.encode() in done.stdout


RUN = "run r.txt --out out"


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        # No home, no temporary folder, an invalid time zone, read-only new files.
        ("export HOME=/proc TMPDIR=/proc XDG_CACHE_HOME=/proc MPLCONFIGDIR=/proc TZ=No/Where; umask 0777; "
         f"$G {RUN} >/dev/full", 2, b"standard output could not be written: No space left on device"),
        (f"env -i PATH=\"$PATH\" LC_ALL=C $G {RUN} -q 2>&-", 0, b""),
        ("mkdir gone; cd gone; rmdir ../gone; $G convert ../t.csv t.csv", 2, b"could not be written"),
        ("mkdir gone; cd gone; rmdir ../gone; $G resolve Tuapse", 0, b""),
        ("ulimit -n 7; $G convert t.csv out.csv", 2, b"Too many open files"),
        (f"ulimit -f 1; $G {RUN}", 2, b"could not be written: File too large"),
    ],
)  # fmt: skip
def test_poor_system(script: str, code: int, words: bytes, tmp_path: Path) -> None:
    """At most one line and a documented exit code; existing files are complete."""
    (tmp_path / "r.txt").write_text(REPORT)
    (tmp_path / "t.csv").write_text(TABLE)
    done = shell(script, tmp_path)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == bool(words)
    out = tmp_path / "out"
    if code == 2 and b"standard output" not in words:
        assert not out.exists() or [path for path in out.iterdir() if not path.name.startswith(".")] == []
    elif RUN in script:
        assert (out / "run.json").is_file()


@pytest.mark.parametrize("value", ["abc", "-5", "1.5", "99999999999999999999", "253402300800", "1e9", "nan", "١"])
def test_odd_source_date_epoch(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An odd SOURCE_DATE_EPOCH is refused in one line, before anything is read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    for words in ("run t.csv --out out", "convert t.csv new.xlsx"):
        done = command(*words.split())
        assert (done.code, len(done.err.splitlines())) == (2, 1)
        assert done.err.startswith(f"geostrike: SOURCE_DATE_EPOCH is '{value}'; it is a number of seconds")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("error", [ValueError("two\nlines \x1b[31m"), RecursionError("deep"), MemoryError()])
def test_fault_is_one_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error gives one line and exit code 1; the traceback is printed on request."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("geostrike.places.Gazetteer", fail)
    done = command("resolve", "Tuapse")
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert "\x1b" not in done.err
    assert ("please report it" in done.err) == (not isinstance(error, MemoryError))
    monkeypatch.setenv("GEOSTRIKE_TRACEBACK", "1")
    assert command("resolve", "Tuapse").err.startswith("Traceback (most recent call last):")


def test_libraries_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings and log messages of libraries are not shown."""
    code = (
        "import logging, warnings; from geostrike import cli\n"
        "def noisy(*a, **k):\n"
        "    warnings.warn('a warning')\n    warnings.warn('older', FutureWarning)\n"
        "    logging.getLogger('x').warning('a log')\n"
        "cli.cli.main = noisy\n"
        "cli.main([])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")


def test_streams_are_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    """After a command the caller's own streams are back, and the output is complete."""
    before = sys.stdin, sys.stdout, sys.stderr
    with standard_streams() as streams:
        say("Харків")
    assert (sys.stdin, sys.stdout, sys.stderr) == before
    assert streams.fault == ""
    assert capfd.readouterr().out == "Харків\n"
