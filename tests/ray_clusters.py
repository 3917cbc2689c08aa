"""A Ray cluster of several nodes on this machine, for the tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 100 << 20}
QUIET = (
    # Ray tells users of its own settings, which it reads itself, and leaves its logs open.
    "ignore:.*(use_push_based_shuffle|use_polars|use_arrow_tensor_v2).*:DeprecationWarning",
    "ignore:.*RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO:FutureWarning",
)


@contextmanager
def cluster_of(nodes: int) -> Iterator[Any]:
    """A running cluster; each node has one CPU. Skips where Ray is not installed."""
    utils = pytest.importorskip("ray.cluster_utils")
    head = {**NODE, "include_dashboard": False}
    cluster = utils.Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(nodes - 1):
            cluster.add_node(**NODE)
        yield cluster
    finally:
        cluster.shutdown()
