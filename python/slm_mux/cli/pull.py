"""`slm-mux pull`: the weights of a local model, verified and cached."""

from __future__ import annotations

import json
import sys

from slm_mux.cli.options.output import OutputOptions


def pull(
    name: str = "smollm2",
    /,
    *,
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Fetch the weights of a local model into the cache, checksum verified.

    Parameters
    ----------
    name
        smollm2 (98 MB, Apache-2.0) or gemma3-270m (253 MB, its own terms of use).
    """
    from slm_mux.cli.progress import byte_progress, say  # noqa: PLC0415
    from slm_mux.pool.weights import pull as fetch  # noqa: PLC0415
    from slm_mux.pool.weights import weights_named  # noqa: PLC0415

    say(weights_named(name).terms, quiet=out.quiet)
    with byte_progress(name, show=not out.quiet) as advance:
        path = fetch(name, progress=advance)
    if out.json:
        about = {"name": name, "path": str(path), "bytes": path.stat().st_size}
        sys.stdout.write(json.dumps(about) + "\n")
    elif not out.quiet:
        sys.stdout.write(f"{path}\n")
    return 0
