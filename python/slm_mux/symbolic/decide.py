"""One pair: trees in, verdict and limit out, whatever SymPy makes of them."""

from __future__ import annotations

from typing import Any

from sympy.core.cache import clear_cache

from slm_mux.symbolic.build import TreeError, read_tree
from slm_mux.symbolic.compare import compare


def decide(answer: str, reference: str) -> dict[str, Any]:
    """The verdict on two trees; `limit` names what stood in the way of one.

    SymPy raises errors of any class on input that it does not foresee. Each is reported as the
    limit `sympy_error`, never as a verdict.
    """
    try:
        return {"verdict": compare(read_tree(answer), read_tree(reference)), "limit": None}
    except TreeError as error:
        return _undecided(error.limit)
    except MemoryError:
        return _undecided("sympy_memory")
    except RecursionError:
        return _undecided("sympy_depth")
    except Exception:  # noqa: BLE001  # see above
        return _undecided("sympy_error")
    finally:
        clear_cache()  # a verdict must not depend on what was compared before


def _undecided(limit: str) -> dict[str, Any]:
    return {"verdict": "undecided", "limit": limit}
