"""Local servers, with the demo's real weights (pulled once into the cache)."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from slm_mux.errors import PoolError
from slm_mux.pool import PRESETS, demo_pool, pool_from_models
from slm_mux.pool.local import LocalServers, threads_each
from slm_mux.pool.weights import pull
from slm_mux.tasks import get_task
from slm_mux.tasks.demo import demo_problems
from slm_mux.types import Member, Pool

LOCAL = PRESETS["local"]


@pytest.fixture(scope="session")
def smollm2() -> Path:
    return pull("smollm2")


@pytest.fixture(scope="module")
def ready(smollm2: Path) -> Iterator[Pool]:
    assert smollm2.stat().st_size == 98_362_432
    with LocalServers(demo_pool()) as pool:
        yield pool


def test_members_on_the_same_weights_share_a_server(ready: Pool) -> None:
    first, second = (member.provider for member in ready.members)
    assert first == second
    assert first.base_url.startswith("http://127.0.0.1:")
    assert first.base_url.endswith("/v1")
    assert first.max_concurrency == 4


def test_a_member_answers_a_problem(ready: Pool) -> None:
    member = ready.members[1]
    problem = demo_problems(count=1)[0]
    prompt = get_task("demo").prompt(problem, member)
    body = {"messages": prompt.messages, "seed": 1, "max_tokens": 48, "temperature": 0}
    answer = httpx.post(f"{member.provider.base_url}/chat/completions", json=body, timeout=120)
    answer.raise_for_status()
    choice = answer.json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "####" in choice["message"]["content"]
    assert answer.json()["usage"]["completion_tokens"] > 0


def test_stop_strings_end_a_completion(ready: Pool) -> None:
    member = replace(ready.members[1], api="completions")
    prompt = get_task("demo").prompt(demo_problems(count=1)[0], member)
    body = {
        "prompt": prompt.messages[0]["content"],
        "stop": prompt.stop,
        "max_tokens": 48,
        "temperature": 0,
    }
    answer = httpx.post(f"{member.provider.base_url}/completions", json=body, timeout=120)
    answer.raise_for_status()
    assert "Question:" not in answer.json()["choices"][0]["text"]


@pytest.mark.usefixtures("smollm2")
def test_leaving_stops_the_server_even_with_requests_under_way() -> None:
    ended = threading.Event()
    with LocalServers(demo_pool()) as pool:
        url = f"{pool.members[0].provider.base_url}/completions"
        body = {
            "prompt": "Once upon a time",
            "max_tokens": 1800,
            "ignore_eos": True,
            "stream": True,
        }

        def ask(streaming: threading.Event) -> None:
            try:
                with httpx.stream("POST", url, json=body, timeout=120) as response:
                    for _ in response.iter_lines():
                        streaming.set()
            except httpx.TransportError:
                pass
            ended.set()

        streaming = threading.Event()
        thread = threading.Thread(target=ask, args=(streaming,))
        thread.start()
        assert streaming.wait(120)
    assert ended.wait(60)
    thread.join()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


@pytest.mark.usefixtures("smollm2")
def test_a_process_that_forgets_to_leave_still_ends() -> None:
    code = """
        from slm_mux.pool import demo_pool
        from slm_mux.pool.local import LocalServers
        servers = LocalServers(demo_pool())
        servers.__enter__()
        print("up")
        raise SystemExit(3)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "up\n", "")


def test_a_pool_without_local_members_is_left_alone() -> None:
    pool = pool_from_models(["x"], base_url="http://127.0.0.1:1")
    with LocalServers(pool) as ready:
        assert ready is pool


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "junk.gguf"
    path.write_bytes(b"GGUF junk")
    pool = Pool((Member("junk", str(path), LOCAL),))
    with pytest.raises(PoolError, match="is it a whole GGUF file"), LocalServers(pool):
        pytest.fail("started")


def test_weights_that_were_not_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLM_MUX_CACHE", str(tmp_path))
    with pytest.raises(PoolError, match="run `slm-mux pull smollm2`"), LocalServers(demo_pool()):
        pytest.fail("started")


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    path = tmp_path / "any.gguf"
    path.write_bytes(b"GGUF")
    pool = Pool((Member("any", str(path), LOCAL),))
    with pytest.raises(PoolError, match=r"pip install 'slm-mux\[local\]'"), LocalServers(pool):
        pytest.fail("started")


def test_every_server_has_a_thread() -> None:
    assert threads_each(1) >= 1
    assert threads_each(1000) == 1
