"""The pool: who is asked, where, and with which settings."""

from __future__ import annotations

from pathlib import Path

from slm_mux.pool.demo import demo_pool
from slm_mux.pool.models import pool_from_models, provider_named
from slm_mux.pool.presets import PRESETS
from slm_mux.types import Pool


def load_pool(path: str | Path) -> Pool:
    """Read a pool file (YAML); raises `PoolError` naming the file and the field."""
    from slm_mux.pool.file import load_pool as load  # noqa: PLC0415  pydantic and YAML are slow

    return load(path)


__all__ = ["PRESETS", "demo_pool", "load_pool", "pool_from_models", "provider_named"]
