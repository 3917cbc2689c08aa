"""`slm-mux pull`: the weights of a local model, verified and cached."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter


def pull(
    name: str = "smollm2",
    /,
    *,
    quiet: Annotated[bool, Parameter(alias="-q", negative=())] = False,
) -> int:
    """Fetch the weights of a local model into the cache, checksum verified.

    Parameters
    ----------
    name
        smollm2 (98 MB, Apache-2.0) or gemma3-270m (253 MB, its own terms of use).
    """
    from slm_mux.cli.progress import byte_progress  # noqa: PLC0415
    from slm_mux.pool.weights import pull as fetch  # noqa: PLC0415
    from slm_mux.pool.weights import weights_named  # noqa: PLC0415

    if not quiet:
        sys.stderr.write(f"{weights_named(name).terms}\n")
    with byte_progress(name, show=not quiet) as advance:
        path = fetch(name, progress=advance)
    if not quiet:
        sys.stdout.write(f"{path}\n")
    return 0
