"""Time against samples as an SVG: `rescoring_plot.py FILE`, the times as JSON on standard input.

`{samples: {who: [seconds]}}`. Runs in the venv of the peers.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

WIDTH, HEIGHT = 7, 4.5


def main() -> None:
    """Plot the medians, both axes logarithmic; the same times give the same bytes."""
    times = {int(samples): each for samples, each in json.load(sys.stdin).items()}
    mpl.rcParams.update({"svg.hashsalt": "rescoring", "font.size": 10})
    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.add_subplot()
    for who in next(iter(times.values())):
        medians = [statistics.median(each[who]) for each in times.values()]
        axes.loglog(list(times), medians, marker="o", label=who)
    axes.set(xlabel="samples", ylabel="seconds, median", title="Re-scoring sorted JSON lines")
    axes.grid(which="major", alpha=0.3)
    axes.legend()
    figure.savefig(Path(sys.argv[1]), format="svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
