"""Threads and processes: large columns from many threads at once, and after `fork`."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

import slm_mux
from core_cases import cases

# Enough bytes for the pool of threads to be used.
TEXTS: list[str | None] = [f"{'x' * 200} \\boxed{{{number}}}" for number in range(5_000)]
SPANS = [str(number) for number in range(5_000)]


def spans_of_list() -> list[str | None]:
    return slm_mux.extract(TEXTS, kind="math", profile="paper")


def spans_of_column() -> list[str | None]:
    column: Any = slm_mux.extract(pa.array(TEXTS), kind="math", profile="paper")
    return list(pa.array(column).to_pylist())


@pytest.mark.parametrize("spans", [spans_of_list, spans_of_column])
def test_many_threads_at_once(spans: object) -> None:
    assert callable(spans)
    with ThreadPoolExecutor(8) as threads:
        assert all(found == SPANS for found in threads.map(lambda _: spans(), range(32)))


PAIRS = [case.values[0] for case in cases("grader_pairs")]


def test_sixteen_threads_grade_alike() -> None:
    """The same pairs in another order in every thread: what one remembers moves no other."""
    pairs = [(f"\\boxed{{{pair['answer']}}}", pair["reference"]) for pair in PAIRS] * 3

    def grades(shift: int) -> list[slm_mux.Grade | None]:
        turned = pairs[shift:] + pairs[:shift]
        found = slm_mux.grade([a for a, _ in turned], [b for _, b in turned], kind="math")
        return found[len(pairs) - shift :] + found[: len(pairs) - shift]

    with ThreadPoolExecutor(16) as threads:
        first, *others = threads.map(grades, range(0, 160, 10))
    assert all(other == first for other in others)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")


@pytest.fixture(autouse=True)
def _fork_is_meant() -> None:
    # Newer Pythons warn that forking with threads may deadlock: that it does not is the test.
    warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)


@needs_fork
@pytest.mark.timeout(60)
def test_a_forked_child_makes_its_own_threads() -> None:
    assert spans_of_list() == SPANS
    child = os.fork()
    if child == 0:
        os._exit(0 if spans_of_list() == SPANS and spans_of_column() == SPANS else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert spans_of_list() == SPANS


@needs_fork
@pytest.mark.timeout(60)
def test_forking_while_other_threads_read() -> None:
    with ThreadPoolExecutor(4) as threads:
        busy = [threads.submit(spans_of_list) for _ in range(16)]
        children = []
        for _ in range(4):
            child = os.fork()
            if child == 0:
                os._exit(0 if spans_of_list() == SPANS else 1)
            children.append(child)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert all(future.result() == SPANS for future in busy)
    assert codes == [0] * 4


@needs_fork
@pytest.mark.timeout(60)
def test_a_pool_of_forked_processes() -> None:
    assert spans_of_list() == SPANS
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.apply(spans_of_column) == SPANS


@pytest.mark.timeout(60)
@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_setting_for_threads_is_taken(threads: str) -> None:
    code = (
        "import os, slm_mux\n"
        "slm_mux.extract(['x' * 200_000] * 8, kind='math', profile='paper')\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    if sys.platform != "linux":
        pytest.skip("threads are counted in /proc")
    assert int(run_python(code, RAYON_NUM_THREADS=threads)) == 1 + int(threads)


def test_little_work_starts_no_thread() -> None:
    if sys.platform != "linux":
        pytest.skip("threads are counted in /proc")
    code = (
        "import os, slm_mux\n"
        "slm_mux.extract(['short'] * 100, kind='math', profile='paper')\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    assert int(run_python(code)) == 1


def run_python(code: str, **environment: str) -> str:
    command = [sys.executable, "-c", code]
    env = {**os.environ, **environment}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
