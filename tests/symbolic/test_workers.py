"""The workers: limits that are kept, deaths that are borne, nothing left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slm_mux.errors import InputError, SlmMuxError
from slm_mux.symbolic import Limits, Pair, Settled, Workers, shared
from symbolic.trees import ENDLESS, HUGE, ONE, nested, number, pair

EQUAL = pair(["power", number(2), number(3)], number(8))
OTHER = pair(number(3), number(4))
QUICK = Limits(seconds=2.0, megabytes=4096)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(QUICK, count=2) as running:
        yield running


@pytest.mark.parametrize("name", ENDLESS)
def test_what_does_not_end_is_killed_and_the_next_pair_is_decided(
    workers: Workers, name: str
) -> None:
    assert workers.decide([pair(ENDLESS[name])]) == [Settled("undecided", "sympy_time")]
    assert workers.decide([EQUAL]) == [Settled("correct", None)]


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.skipif(sys.platform != "linux", reason="where the system bounds the address space")
def test_what_needs_too_much_memory_is_stopped(name: str) -> None:
    with Workers(Limits(seconds=60.0, megabytes=300), count=1) as workers:
        assert workers.decide([pair(HUGE[name])]) == [Settled("undecided", "sympy_memory")]
        assert workers.decide([EQUAL]) == [Settled("correct", None)]


@pytest.mark.parametrize("depth", [200, 5_000, 1_000_000])
def test_a_tree_that_is_too_deep_is_not_begun(workers: Workers, depth: int) -> None:
    answer = Pair(nested(depth), pair(ONE).reference)
    assert workers.decide([answer]) == [Settled("undecided", "sympy_depth")]


def test_a_tree_that_is_too_large_is_not_begun(workers: Workers) -> None:
    wide = pair(["add", *[number(k) for k in range(10_000)]])
    assert workers.decide([wide]) == [Settled("undecided", "sympy_size")]


def test_answers_come_in_the_order_of_the_pairs(workers: Workers) -> None:
    pairs = [EQUAL, OTHER, pair(ENDLESS["tower"]), EQUAL, OTHER]
    said = [s.verdict for s in workers.decide(pairs)]
    assert said == ["correct", "incorrect", "undecided", "correct", "incorrect"]
    assert workers.decide([]) == []


def test_any_number_of_threads_may_ask(workers: Workers) -> None:
    pairs = [pair(["add", number(k), ONE], number(k + k % 2)) for k in range(32)]
    expected = ["correct" if k % 2 else "incorrect" for k in range(32)]
    with ThreadPoolExecutor(16) as threads:
        for found in threads.map(lambda _: workers.decide(pairs), range(4)):
            assert [s.verdict for s in found] == expected


def test_a_worker_that_dies_of_itself_is_replaced() -> None:
    with Workers(QUICK, count=1) as workers:
        workers.decide([EQUAL])
        process = workers._workers[0]._process
        assert process is not None
        process.kill()
        process.wait()
        assert workers.decide([OTHER]) == [Settled("incorrect", None)]


def test_a_worker_that_dies_at_work_leaves_the_pair_undecided() -> None:
    with Workers(Limits(seconds=60.0), count=1) as workers:
        workers.decide([EQUAL])
        process = workers._workers[0]._process
        assert process is not None
        killer = threading.Timer(0.2, process.terminate)
        killer.start()
        assert workers.decide([pair(ENDLESS["tower"])]) == [Settled("undecided", "sympy_died")]
        assert workers.decide([EQUAL]) == [Settled("correct", None)]


def test_closing_ends_the_children_also_at_work() -> None:
    workers = Workers(Limits(seconds=60.0), count=1)
    workers.decide([EQUAL])
    process = workers._workers[0]._process
    workers.close()
    assert process is not None
    assert process.poll() is not None
    with pytest.raises(SlmMuxError, match="closed"):
        workers.decide([EQUAL])


@pytest.fixture
def _interrupts() -> Iterator[None]:
    """A run in the background ignores interrupts, unless it is told not to."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interrupts")
@pytest.mark.parametrize("number_of_pairs", [1, 3])
@pytest.mark.skipif(sys.platform == "win32", reason="signals to a thread")
def test_an_interruption_mixes_up_no_replies(number_of_pairs: int) -> None:
    tower = ENDLESS["tower"]
    endless = [pair(["add", number(k), tower]) for k in range(number_of_pairs)]
    main = threading.main_thread().ident
    assert main is not None
    with Workers(Limits(seconds=60.0), count=2) as workers:
        workers.decide([EQUAL, OTHER])
        interrupt = threading.Timer(1.0, signal.pthread_kill, (main, signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            workers.decide(endless)
        for _ in range(3):
            assert workers.decide([OTHER, EQUAL]) == [
                Settled("incorrect", None),
                Settled("correct", None),
            ]


@pytest.mark.skipif(sys.platform != "linux", reason="waits for a process by its file")
def test_a_worker_whose_parent_was_killed_ends_itself() -> None:
    code = (
        "import sys\n"
        "from slm_mux.symbolic import Limits, Pair, Workers\n"
        "workers = Workers(Limits(seconds=1.0), count=1)\n"
        """workers.decide([Pair('["number","1"]', '["number","1"]')])\n"""
        "print(workers._workers[0]._process.pid, flush=True)\n"
        "workers.decide([Pair(sys.argv[1], sys.argv[1])])\n"
    )
    tower = json.dumps(ENDLESS["tower"])
    with subprocess.Popen(
        [sys.executable, "-c", code, tower], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([worker], [], [], 60)
    os.close(worker)
    assert ended


def test_without_sympy_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sympy.py").write_text("raise ImportError('no sympy here')\n")
    code = (
        "from slm_mux.symbolic import Pair, Workers\n"
        "from slm_mux.errors import SlmMuxError\n"
        "try: Workers(count=1).decide([Pair('[]', '[]')])\n"
        "except SlmMuxError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "SymPy cannot be used (no sympy here): run `pip install sympy`\n"


def test_a_plain_script_needs_no_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from slm_mux.symbolic import Pair, shared\n"
        """print(shared().decide([Pair('["number","1"]', '["number","1"]')])[0].verdict)\n"""
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "once\ncorrect\n"


def test_the_shared_workers_are_one_set() -> None:
    assert shared() is shared()
    assert shared().decide([EQUAL]) == [Settled("correct", None)]


@pytest.mark.parametrize("limits", [{"seconds": 0.0}, {"seconds": float("nan")}, {"megabytes": 8}])
def test_limits_that_leave_no_room_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(InputError, match="limit"):
        Limits(**limits)  # type: ignore[arg-type]
