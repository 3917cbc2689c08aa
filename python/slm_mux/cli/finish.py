"""The end of every scoring command: write the results, print the table, choose the exit code."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slm_mux.cli.options.output import OutputOptions
    from slm_mux.scoring.score import Scored
    from slm_mux.types import Pool, Price

FELL_SHORT = 1


def finish(
    scored: Scored,
    *,
    output: Path | None,
    prices: Mapping[str, Price],
    out: OutputOptions,
    extra: Mapping[str, Any] | None = None,
) -> int:
    """Writes and prints the figures; 1 where a model fell short of the samples asked for."""
    from slm_mux.cli.table import print_table  # noqa: PLC0415
    from slm_mux.scoring.results import results, write_json  # noqa: PLC0415

    data = results(scored, prices=prices)
    if output is not None:
        write_json(output, data)
    figures = {k: v for k, v in data.items() if k != "results"}
    if out.json:
        paths = {"output": str(output) if output else None, **(extra or {})}
        sys.stdout.write(json.dumps(figures | paths) + "\n")
    elif not out.quiet:
        print_table(figures)
        if output is not None:
            sys.stdout.write(f"results: {output}\n")
    return FELL_SHORT if scored.short else 0


def prices_of(pool: Pool | None) -> dict[str, Price]:
    """Prices by member name, where the pool file tells them."""
    members = pool.members if pool else ()
    return {m.name: m.price for m in members if m.price is not None}
