"""Math-Verify's verdict on every recorded first-round response, kept in a file.

Resumable: rows that the file holds are not asked again. One JSON line a row, in no order:
`{"row", "gold", "verdict", "error", "gold_parsed", "parsed", "seconds"}`.

    python benches/compare/verdicts.py --output mv_dylan.jsonl --processes 2
"""

from __future__ import annotations

import argparse
import json
import queue
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from peer import Peer
from recorded import first_round

Rows = queue.SimpleQueue[dict[str, Any]]


def main() -> None:
    """Ask for what is missing, each process by a thread that waits for it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--output", type=Path, required=True)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--patience", type=float, default=30.0, help="seconds before a kill")
    given = options.parse_args()
    done = known(given.output)
    missing: Rows = queue.SimpleQueue()
    for row in first_round():
        if row["row"] not in done:
            missing.put(row)
    with (
        given.output.open("a", encoding="utf-8") as out,
        ThreadPoolExecutor(given.processes) as threads,
    ):
        work = [threads.submit(ask, missing, out, given.patience) for _ in range(given.processes)]
        for each in work:
            each.result()


def ask(missing: Rows, out: Any, patience: float) -> None:
    """Take rows until none is left."""
    peer = Peer(patience=patience, nice=19)
    while not missing.empty():
        try:
            row = missing.get_nowait()
        except queue.Empty:
            break
        verdict = peer.grade(row["gold"], row["response"])
        out.write(json.dumps({"row": row["row"], "gold": row["gold"], **verdict}) + "\n")
        out.flush()
    peer.close()


def known(path: Path) -> dict[int, dict[str, Any]]:
    """The verdicts of a file, by row; a torn last line is cut off."""
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return {verdict["row"]: verdict for verdict in map(json.loads, whole.splitlines())}


if __name__ == "__main__":
    main()
