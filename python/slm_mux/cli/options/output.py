"""Where results go, and what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options import OUTPUT


@Parameter(name="*", group=OUTPUT)
@dataclass(kw_only=True, frozen=True)
class OutputOptions:
    """Where results go and what is printed."""

    quiet: Annotated[bool, Parameter(alias="-q", help="Print nothing but errors.", negative=())] = (
        False
    )
    json: Annotated[
        bool, Parameter(help="Print the figures as JSON, one line each.", negative=())
    ] = False
