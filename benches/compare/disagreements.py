"""Every recorded response that we and Math-Verify judge differently, each (answer, gold) once.

Math-Verify's side comes from the file that `verdicts.py` keeps. Writes JSON lines:
`{"row", "gold", "ours", "stage", "rule", "span", "answer", "limit", "theirs", "gold_parsed",
"parsed", "rows", "tail"}`; `rows` counts the responses with the same answer and gold, `tail` is
the end of the response.

    python benches/compare/disagreements.py --verdicts mv_dylan.jsonl --output disagreements.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from recorded import first_round
from verdicts import known

import slm_mux

TAIL = 300


def main() -> None:
    """Write the disagreements, and print how many of which sort there are."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verdicts", type=Path, required=True)
    options.add_argument("--output", type=Path, required=True)
    given = options.parse_args()
    theirs = known(given.verdicts)
    rows = [row for row in first_round() if row["row"] in theirs]
    golds = [row["gold"] for row in rows]
    grades = slm_mux.grade([row["response"] for row in rows], golds, kind="math")
    judged = list(zip(rows, grades, strict=True))
    found = [
        record(row, grade, theirs[row["row"]])
        for row, grade in judged
        if (grade.verdict == "correct") != (theirs[row["row"]]["verdict"] is True)
    ]
    once = distinct(found)
    given.output.write_text("".join(json.dumps(each) + "\n" for each in once), encoding="utf-8")
    agreed = Counter((grade.verdict, theirs[row["row"]]["verdict"]) for row, grade in judged)
    for (ours, other), count in sorted(agreed.items(), key=str):
        print(f"ours {ours}, Math-Verify {other}: {count}")
    print(f"{len(found)} responses differ, {len(once)} distinct pairs of answer and gold")


def record(row: dict[str, Any], grade: Any, theirs: dict[str, Any]) -> dict[str, Any]:
    """What is needed to settle one disagreement."""
    return {
        "row": row["row"],
        "gold": row["gold"],
        "ours": grade.verdict,
        "stage": grade.stage,
        "rule": grade.rule,
        "span": grade.span,
        "answer": grade.answer,
        "limit": grade.limit,
        "theirs": theirs["verdict"],
        "error": theirs["error"],
        "gold_parsed": theirs["gold_parsed"],
        "parsed": theirs["parsed"],
        "tail": row["response"][-TAIL:],
    }


def distinct(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first record of each (span, what they parsed, gold), with the number of its like."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in found:
        key = (each["span"], tuple(each["parsed"]), each["gold"], each["ours"])
        group = groups.setdefault(key, {**each, "rows": 0})
        group["rows"] += 1
    return list(groups.values())


if __name__ == "__main__":
    main()
