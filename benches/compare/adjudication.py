"""Check the table of rulings on responses that we and Math-Verify judge differently.

`adjudicated.jsonl` holds one ruling a response: `{"row", "gold", "answer", "ours", "theirs",
"truth", "sort", "reason"}`; `truth` says whether what the response states as its final answer
is right, ruled by reading it, and `sort` what made the verdicts differ. The rows are graded anew;
rulings on rows where both agree by now stay, as a record, outside the shares. With the verdicts
that `verdicts.py` keeps, disagreements without a ruling are found as well.

    python benches/compare/adjudication.py --verdicts mv_dylan.jsonl

Ends with 1 where a verdict changed, a ruling is missing, or a wrong answer is called correct.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from recorded import first_round
from verdicts import known

import slm_mux
from slm_mux.scoring.intervals import wilson

TABLE = Path(__file__).with_name("adjudicated.jsonl")


def main() -> None:
    """Grade the rows of the table, and print what changed and how often ours is right."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verdicts", type=Path, help="Math-Verify's, to look for new ones")
    given = options.parse_args()
    rulings = {ruling["row"]: ruling for ruling in map(json.loads, TABLE.open(encoding="utf-8"))}
    theirs = {row: ruling["theirs"] for row, ruling in rulings.items()}
    if given.verdicts:
        theirs = {row: each["verdict"] is True for row, each in known(given.verdicts).items()}
    ours = graded(set(theirs))
    differing = [row for row in sorted(theirs) if ours[row] != theirs[row]]
    problems = [*changed(rulings, ours, theirs), *unruled(rulings, differing)]
    ruled = [rulings[row] for row in differing if row in rulings]
    report(ruled, ours)
    problems += [f"row {each['row']}: wrong, called correct" for each in false(ruled, ours)]
    print("\n".join(problems))
    sys.exit(bool(problems))


def graded(wanted: set[int]) -> dict[int, bool]:
    """Whether each of the wanted responses is correct by our present verdict."""
    rows = [row for row in first_round() if row["row"] in wanted]
    responses, golds = [row["response"] for row in rows], [row["gold"] for row in rows]
    grades = slm_mux.grade(responses, golds, kind="math")
    return {row["row"]: grade.verdict == "correct" for row, grade in zip(rows, grades, strict=True)}


def changed(
    rulings: dict[int, dict[str, Any]], ours: dict[int, bool], theirs: dict[int, bool]
) -> list[str]:
    """The rows whose verdicts are not those that the table holds."""
    return [
        f"row {row}: {side} was {ruling[side]}, is {now[row]}"
        for row, ruling in rulings.items()
        for side, now in (("ours", ours), ("theirs", theirs))
        if now[row] != ruling[side]
    ]


def unruled(rulings: dict[int, dict[str, Any]], differing: list[int]) -> list[str]:
    """The disagreements that nobody has ruled on."""
    return [f"row {row}: no ruling" for row in differing if row not in rulings]


def false(ruled: list[dict[str, Any]], ours: dict[int, bool]) -> list[dict[str, Any]]:
    """The rulings where ours calls a wrong answer correct."""
    return [each for each in ruled if ours[each["row"]] and not each["truth"]]


def report(ruled: list[dict[str, Any]], ours: dict[int, bool]) -> None:
    """Print the share in which ours is right: in all, by distinct pair, and by sort."""
    sorts = defaultdict(list)
    pairs: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for each in ruled:
        right = ours[each["row"]] == each["truth"]
        sorts[each["sort"]].append(right)
        pairs[each["answer"], each["gold"]].append(right)
    print(line("all responses", [right for group in sorts.values() for right in group]))
    print(line("distinct pairs", [all(group) for group in pairs.values()]))
    for sort, group in sorted(sorts.items(), key=lambda item: (-len(item[1]), item[0])):
        print(line(sort, group))
    print(f"wrong answers called correct: {len(false(ruled, ours))}")


def line(name: str, right: list[bool]) -> str:
    """One share with its 95 % interval."""
    share = wilson(sum(right), len(right))
    if share is None:
        return f"{name:20} 0"
    bounds = f"{share.low:.1%} to {share.high:.1%}"
    return f"{name:20} {sum(right)} of {share.n} ({share.value:.1%}, {bounds})"


if __name__ == "__main__":
    main()
