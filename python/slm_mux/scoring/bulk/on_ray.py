"""The Ray engine: the tasks of a cluster tally pieces of files, this process merges them.

Ray Data schedules, moves results, and does again what a lost node had in hand; a piece gives the
same records whoever reads it and whenever.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slm_mux.errors import InputError
from slm_mux.scoring.bulk.cutting import bundles
from slm_mux.scoring.bulk.inputs import STDIN
from slm_mux.tallies import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    import pyarrow as pa

    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.scoring.bulk.local import Work
    from slm_mux.scoring.bulk.ray_task import Order, Result
    from slm_mux.scoring.bulk.score import Engine
    from slm_mux.tallies import Rules

LARGEST, SMALLEST = 768 << 20, 8 << 20
"""Bytes of text for a task: handing one out costs some tens of milliseconds."""
PER_CPU = 4
"""Tasks for each CPU, where that makes none too small or large: nobody waits long for the last."""
FEW = 16
"""Tasks for each CPU that are a short job."""
PATIENCE = 10.0
"""Seconds for a cluster's address to answer."""
TOKENS = (
    "one that asks for a token wants RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH"
)


def reading_on_ray(address: str | None = None) -> Engine:
    """An engine for `score_bulk` that has a Ray cluster read the files.

    `address` is the cluster's (`HOST:PORT`, `auto`, `ray://…`); None is the one that this process
    is connected to, else that of `RAY_ADDRESS`, else one of this machine for as long as it takes.
    All nodes must see the files under the same names.

    The engine raises `InputError` for standard input and for single samples, where Ray is not
    there or gives up, and as `Scan.read`.
    """

    def read(inputs: Inputs, rules: Rules, work: Work) -> Scan:
        _refuse(inputs, work)
        with _cluster(address) as ray:
            whole = Scan(rules)
            done = 0
            for result in _results(ray, inputs, rules):
                whole.add(result.records, result.notes, memory=work.memory, spill=work.spill)
                done += result.size
                if work.progress is not None:
                    work.progress(done, whole.rows)
            return whole

    return read


def task_size(total: int, *, cpus: int) -> int:
    """The bytes of text for a task, where there are `total` to read.

    Where that makes many tasks, each CPU gets as many.
    """
    rounds = max(PER_CPU, math.ceil(total / (cpus * LARGEST)))
    return max(SMALLEST, math.ceil(total / (cpus * rounds)))


def _refuse(inputs: Inputs, work: Work) -> None:
    if STDIN in inputs.samples:
        raise InputError("--engine ray cannot read standard input: name files that all nodes see")
    if work.samples is not None:
        raise InputError("--keep-samples writes one file on one machine: use --engine local")


def _results(ray: ModuleType, inputs: Inputs, rules: Rules) -> Iterator[Result]:
    """What the tasks give, in whatever order they end. Raises `InputError`."""
    from slm_mux.scoring.bulk.ray_task import Order, results_in  # noqa: PLC0415

    cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))
    size = task_size(inputs.size, cpus=cpus)
    order = Order(rules, bundles(inputs.samples, size), os.getcwd())  # noqa: PTH109
    try:
        for table in _tables(ray, order, short=len(order.bundles) <= FEW * cpus):
            for result in results_in(table):
                if result.error is not None:
                    raise InputError(result.error)
                yield result
    except ray.exceptions.RayError as error:
        raise InputError(f"the Ray cluster gave up: {_first_line(error)}") from error


def _tables(ray: ModuleType, order: Order, *, short: bool) -> Iterator[pa.Table]:
    from slm_mux.scoring.bulk.ray_task import tally_bundles  # noqa: PLC0415

    count = len(order.bundles)
    tasks = ray.data.range(count, override_num_blocks=count).map_batches(
        tally_bundles, batch_size=None, batch_format="pyarrow", fn_args=[order], num_cpus=1
    )
    tasks.context.enable_progress_bars = False
    # Ray Data keeps room in the object store for results, and until it knows how much there is,
    # for a second, it runs one task at a time: a short job would be over by then.
    tasks.context.op_resource_reservation_enabled = not short
    yield from tasks.iter_batches(batch_size=None, batch_format="pyarrow")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


@contextmanager
def _cluster(address: str | None) -> Iterator[ModuleType]:
    """A connection to the cluster, quiet; what was started here is shut down here."""
    ray = _ray()
    ours = not ray.is_initialized()
    # Ray prints what happens to its nodes on standard output, where ours is read by programs.
    with _quiet(), redirect_stdout(sys.stderr):
        if ours:
            _connect(ray, address)
        try:
            yield ray
        finally:
            if ours:
                ray.shutdown()


def _ray() -> ModuleType:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told
    try:
        import ray  # noqa: PLC0415
        import ray.data  # noqa: PLC0415
    except ImportError as error:
        raise InputError("--engine ray needs Ray: pip install 'slm-mux[ray]'") from error
    return ray


def _connect(ray: ModuleType, address: str | None) -> None:
    where = f"--ray-address {address}" if address else "Ray"
    hint = ""
    try:
        if _knock(address or os.environ.get("RAY_ADDRESS", "")):
            hint = f"; {TOKENS}"  # who listens may be a cluster that does not let us in
        with _keeping_sigterm():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except ray.exceptions.AuthenticationError as error:
        raise InputError(f"{where}: no token for the cluster; {TOKENS}") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{where}: no cluster to work on: {_first_line(error)}{hint}") from error


@contextmanager
def _keeping_sigterm() -> Iterator[None]:
    """Who handled SIGTERM handles it still: Ray puts an exit of its own in that place."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    except SystemExit:  # that of Ray
        if callable(handler):
            handler(signal.SIGTERM, None)
        raise
    finally:
        if callable(handler) and signal.getsignal(signal.SIGTERM) is not handler:
            signal.signal(signal.SIGTERM, handler)


def _knock(address: str) -> bool:
    """Whether it is HOST:PORT, where somebody listens.

    Raises `OSError` where nobody does, for which Ray would try for minutes.
    """
    where = urlsplit(address if "://" in address else f"//{address}")
    if where.hostname and where.port:
        socket.create_connection((where.hostname, where.port), timeout=PATIENCE).close()
        return True
    return False


@contextmanager
def _quiet() -> Iterator[None]:
    """Ray's own reports go to its log files, and only errors to the terminal."""
    consoles = [
        handler
        for name in ("ray", "ray.data")
        for handler in logging.getLogger(name).handlers
        if isinstance(handler, logging.StreamHandler)
    ]
    levels = [handler.level for handler in consoles]
    for handler in consoles:
        handler.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for handler, level in zip(consoles, levels, strict=True):
            handler.setLevel(level)
