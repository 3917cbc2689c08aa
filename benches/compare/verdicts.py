"""Math-Verify's verdict on every recorded first-round response, kept in a file.

Resumable: rows that the file holds are not asked again. One JSON line a row:
`{"row", "gold", "verdict", "error", "gold_parsed", "parsed", "seconds"}`.

    python benches/compare/verdicts.py --output mv_dylan.jsonl
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from peer import Peer
from recorded import first_round


def main() -> None:
    """Ask for what is missing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--output", type=Path, required=True)
    options.add_argument("--limit", type=int, default=None, help="rows to ask for at most")
    options.add_argument("--patience", type=float, default=30.0, help="seconds before a kill")
    given = options.parse_args()
    done = known(given.output)
    peer = Peer(patience=given.patience, nice=19)
    missing = [row for row in first_round() if row["row"] not in done][: given.limit]
    with given.output.open("a", encoding="utf-8") as out:
        for row in missing:
            verdict = peer.grade(row["gold"], row["response"])
            out.write(json.dumps({"row": row["row"], "gold": row["gold"], **verdict}) + "\n")
            out.flush()
    peer.close()


def known(path: Path) -> dict[int, dict[str, object]]:
    """The verdicts of a file, by row; a torn last line is none."""
    if not path.is_file():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            verdict = json.loads(line)
            found[verdict["row"]] = verdict
    return found


if __name__ == "__main__":
    main()
