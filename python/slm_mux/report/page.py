"""A task's views → one HTML file that opens from disk and asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from slm_mux import __version__
from slm_mux.report.packing import pack, pack_bytes, parts_of
from slm_mux.report.scaling_figures import spent
from slm_mux.report.statistics import FROM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.report.task_view import TaskView
    from slm_mux.scoring.intervals import Interval

_SCRIPTS = ("unpack.js", "text.js", "charts.js", "problem.js", "browser.js", "main.js")
_STYLES = ("base.css", "browser.css")


MAX_POINTS = 500
"""Rows of the table of a scaling study."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the numbers come from: files as they were named."""

    source: str
    scaling: str | None
    logs: Sequence[str] = ()


def render(views: Sequence[TaskView], origin: Origin) -> str:
    """The page. Model text is in it only as compressed data, which the script sets as text."""
    environment = Environment(
        loader=PackageLoader("slm_mux.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "interval": interval, "points": points}
    environment.globals |= {"spent": spent, "confident": FROM}
    script = "\n".join(_template(environment, name) for name in _SCRIPTS)
    plotly = _plotly()
    return environment.get_template("page.html").render(
        views=views,
        origin=origin,
        version=__version__,
        style=Markup("\n".join(_template(environment, name) for name in _STYLES)),  # noqa: S704  ours
        script=Markup(script),  # noqa: S704  ours
        policy=_policy(script.encode(), plotly),
        payload=_payload(views, plotly),
        max_points=MAX_POINTS,
    )


def _template(environment: Environment, name: str) -> str:
    loader: Any = environment.loader
    source: str = loader.get_source(environment, name)[0]
    return source


def _plotly() -> bytes:
    """Plotly's script, as its package brings it; the package itself is not imported."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'plotly'", name="plotly")
    return Path(spec.origin).with_name("package_data").joinpath("plotly.min.js").read_bytes()


def _policy(*scripts: bytes) -> str:
    """A content security policy: these scripts and no other, and no request of any kind."""
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _payload(views: Sequence[TaskView], plotly: bytes) -> list[tuple[str, str]]:
    found = [("plotly", pack_bytes(plotly))]
    for view in views:
        found += parts_of(view.name, view.packed)
        found.append((f"{view.name}-figures", pack(view.figures)))
    return found


def percent(share: float) -> str:
    """A share as 83.3 %."""
    return f"{100 * share:.1f} %"


def interval(share: Interval | None) -> str:
    """A share with its interval: 83.3 % [64.1, 93.3]."""
    if share is None:
        return "\N{EN DASH}"
    return f"{100 * share.value:.1f} % [{100 * share.low:.1f}, {100 * share.high:.1f}]"


def points(difference: Interval | None) -> str:
    """A difference of shares in points, with its interval."""
    if difference is None:
        return "\N{EN DASH}"
    value, low, high = (100 * x for x in (difference.value, difference.low, difference.high))
    return f"{value:+z.1f} [{low:+z.1f}, {high:+z.1f}]".replace("-", "\N{MINUS SIGN}")
