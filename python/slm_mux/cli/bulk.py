"""The bulk side of `rescore`: options → a job, its progress, and what is told at the end."""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from slm_mux.cli.options.output import OutputOptions
    from slm_mux.cli.options.recorded import BulkOptions, RecordedOptions
    from slm_mux.cli.options.voting import VotingOptions
    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.scoring.bulk.score import Engine, Job, Outcome
    from slm_mux.tallies import Choice, KnownProblem, Rules

FELL_SHORT = 1
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def memory_of(text: str | None) -> int | None:
    """`512M`, `4GiB`, `1e9` as bytes. Raises `InputError`."""
    if text is None:
        return None
    found = re.fullmatch(r"([\d.]+(?:e\d+)?)\s*([kmgt]?)(?:i?b)?", text.strip().lower())
    try:
        size = float(found[1]) * _UNITS[found[2]] if found else 0
    except (ValueError, OverflowError):
        size = 0
    if not 1 <= size < 1 << 63:
        raise InputError(f"--memory-limit {text}: write a number of bytes, such as 500M or 8G")
    return int(size)


def fields_of(pairs: Sequence[str]) -> dict[str, str]:
    """`--map response=generation` as a mapping. Raises `InputError`."""
    from slm_mux.tallies import FIELDS  # noqa: PLC0415

    fields: dict[str, str] = {}
    for pair in pairs:
        role, equals, name = pair.partition("=")
        if not (equals and name and role in FIELDS):
            raise InputError(
                f"--map {pair}: write FIELD=NAME with one of {', '.join(FIELDS)} before the sign"
            )
        if role in fields:
            raise InputError(f"--map {pair}: {role} is {fields[role]!r} already: name one field")
        other = next((known for known in fields if fields[known] == name), None)
        if other is not None:
            raise InputError(f"--map {pair}: {name!r} is {other} already: a field is one thing")
        fields[role] = name
    return fields


def rules_of(
    inputs: Inputs, options: BulkOptions, recorded: RecordedOptions
) -> tuple[Rules, list[KnownProblem]]:
    """How rows are read, and the problems that lie beside the logs."""
    from slm_mux.scoring.bulk import rules  # noqa: PLC0415

    return rules.rules_of(
        inputs,
        task=recorded.task,
        kind=recorded.kind,
        model=options.model,
        fields=fields_of(options.map or ()),
        dataset=options.references,
    )


def of_rows(
    recorded: RecordedOptions, options: BulkOptions, voting: VotingOptions
) -> dict[str, object]:
    """What was given of the options that act on single samples."""
    return {
        "--kind": None if voting.validation else recorded.kind,  # which is that of its log, too
        "--prompt": recorded.prompt,
        "--references": options.references,
        "--map": options.map,
        "--model": options.model,
        "--keep-samples": options.keep_samples,
    }


def choice_of(
    voting: VotingOptions,
    recorded: RecordedOptions,
    *,
    order: Sequence[str] | None,
    first: Sequence[str],
    accuracies: Mapping[str, float],
    samples: int | None,
    seed: int,
    problems: Sequence[tuple[str, str]],
    weights: Mapping[str, int],
) -> Choice:
    """How answers are selected and which samples count."""
    from slm_mux.cli.inputs import filter_of  # noqa: PLC0415
    from slm_mux.tallies import Choice  # noqa: PLC0415

    where = filter_of(recorded)
    return Choice(
        selector=voting.selector,
        order=order,
        first=first,
        validation_accuracy=accuracies,
        abstain=voting.abstain,
        tie=voting.tie,
        seed=seed,
        weights=weights,
        samples=samples,
        params=dict(where.params),
        api_model=where.api_model,
        prompts=where.prompts,
        problems=problems,
    )


def run_bulk(job: Job, options: BulkOptions, out: OutputOptions) -> int:
    """Score, write, print; the exit code."""
    from slm_mux.scoring.bulk.local import Work, read_local  # noqa: PLC0415
    from slm_mux.scoring.bulk.score import score_bulk  # noqa: PLC0415

    if options.ray_address is not None and options.engine != "ray":
        raise InputError("--ray-address goes with --engine ray")
    engine: Engine = read_local
    if options.engine == "ray":
        from slm_mux.scoring.bulk.on_ray import reading_on_ray  # noqa: PLC0415

        engine = reading_on_ray(options.ray_address)
    with _progress(job.inputs.size, show=not out.quiet) as progress:
        work = Work(memory=memory_of(options.memory_limit), spill=options.spill, progress=progress)
        outcome = score_bulk(job, engine, work)
    _print(outcome, job.folder, out)
    return _tell(outcome, job.folder, options, out)


@contextmanager
def _progress(total: int, *, show: bool) -> Iterator[Callable[[int, int], None]]:
    from slm_mux.cli.progress import byte_progress  # noqa: PLC0415

    with byte_progress("scoring", show=show) as update:
        yield lambda done, _rows: update(done, total)


def _print(outcome: Outcome, folder: Path | None, out: OutputOptions) -> None:
    if out.json:
        paths = {"output": str(folder) if folder else None}
        sys.stdout.write(json.dumps({**outcome.summary, **paths}) + "\n")
        return
    if out.quiet:
        return
    from slm_mux.cli.table import print_table  # noqa: PLC0415

    for figures in outcome.summary["tasks"]:
        print_table(figures)
    if folder is not None:
        sys.stdout.write(f"tables: {folder}\n")


def _tell(outcome: Outcome, folder: Path | None, options: BulkOptions, out: OutputOptions) -> int:
    """Says what was left out and why; 1 where that was too much, or samples are missing."""
    from slm_mux.cli.left_out import say, tell_bad, tell_some, tell_unlabelled  # noqa: PLC0415
    from slm_mux.cli.text import REPEATS, counted  # noqa: PLC0415

    rows = outcome.summary["rows"]
    where = f" in {folder / 'summary.json'}" if folder is not None else ""
    tell_some(outcome.bad_listed, outcome.bad_entries, where)
    tell_bad(outcome.bad, outcome.bad_share)
    conflicts = outcome.summary["conflicting_samples"]
    tell_some([_conflict(one) for one in conflicts], rows["conflicts"], where)
    if rows["conflicts"]:
        say(f"{rows['conflicts']:,} samples of rows that contradict each other")
    asked = options.references is not None
    for task, counts in outcome.tallied.figures["tasks"].items():
        without = counts["problems"] - counts["labelled"]
        if asked or not out.quiet:
            tell_unlabelled(without, counts["problems"], asked=asked, task=task)
    if not out.quiet:
        for line in outcome.losses.lines():
            sys.stderr.write(f"{line}\n")
        if rows["duplicates"]:
            sys.stderr.write(counted(rows["duplicates"], *REPEATS) + "\n")
    short = any(task["short"] for task in outcome.summary["tasks"])
    return FELL_SHORT if outcome.bad_share > options.max_bad or outcome.broken or short else 0


def _conflict(one: Mapping[str, Any]) -> str:
    where = "problem {problem_id!r}, model {model!r}, sample {sample_index}".format(**one)
    return f"{where}: rows that contradict each other; the smallest key counts"
