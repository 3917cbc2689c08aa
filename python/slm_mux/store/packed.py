"""The zstd of the standard library, and what stands in for it before Python 3.14."""

from __future__ import annotations

import sys
from typing import Any


def zstd_module() -> Any:
    """`compression.zstd`, or its backport before Python 3.14."""
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return zstd
