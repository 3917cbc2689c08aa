"""A bulk scoring from its inputs to its files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.errors import InputError
from slm_mux.provenance import filter_told, provenance
from slm_mux.scoring.bulk.figures import figures_of
from slm_mux.scoring.bulk.folder import (
    DECISIONS,
    SAMPLES,
    SUMMARY,
    TALLIES,
    refuse_foreign,
    replacing,
)
from slm_mux.scoring.bulk.imported import import_into
from slm_mux.scoring.bulk.local import Work, read_local
from slm_mux.scoring.bulk.provenance import filter_of, profile_of, refuse_by_row
from slm_mux.scoring.bulk.tallied import add_tallies, contradiction
from slm_mux.scoring.results import write_json
from slm_mux.scoring.score import NO_ORACLE, ORACLE
from slm_mux.store.stops import decision_of, supported
from slm_mux.tallies import Choice, Rules, Scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from slm_mux.importing import Losses
    from slm_mux.scoring.bulk.folder import Places
    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.tallies import Tallied
    from slm_mux.types import Price, Profile

    Engine = Callable[[Inputs, Rules, Work], Scan]

SUMMARY_VERSION = 1
_HINTS = {
    "field model is missing": ": say whose samples they are with --model NAME; slm-mux "
    "convert names them after their files",
    "field response is missing": ": name it with --map response=FIELD, or slm-mux convert first",
    "not an object": ": is it another tool's file? slm-mux convert reads many; of a JSON list name "
    "the fields with --map response=FIELD,…",
}
_STDIN = (
    ": standard input takes rows of JSON, plain, gzip or zstd, and Arrow streams: name other files"
)
_STDIN_LIST = ": is it a JSON list? save it and name the file, with --map response=FIELD,…"
_COUNTS = ("duplicates", "retried", "filtered", "conflicts")


@dataclass(frozen=True, slots=True)
class Job:
    """What is scored, by which rules, and where it goes.

    `imported` are sources of other tools' layouts; `profile` None takes that of tallies files.
    `folder` None writes nothing. With `strict` a row that cannot be used is an error. `named`
    are members that must be there. `refuse` is called with the id and text ("" in bulk) of every
    problem, before what was decided is written. With `deciding` off nobody asks whether samples
    that were stopped early support the decisions.
    """

    inputs: Inputs
    rules: Rules
    choice: Choice
    imported: Sequence[str] = ()
    profile: Profile | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    folder: Path | None = None
    keep_samples: bool = False
    strict: bool = False
    named: Sequence[str] = ()
    refuse: Callable[[Iterable[tuple[str, str]]], None] | None = None
    deciding: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: `summary` is `summary.json`; `losses` what imports left out.

    `broken` counts the rows that are lost where files end before their rows do, one for each
    whose number is not known. `rows` counts the rows read that could be used: one with a list of
    responses is one.
    """

    summary: Mapping[str, Any]
    tallied: Tallied
    losses: Losses
    broken: int = 0
    rows: int = 0

    @property
    def bad(self) -> Counter[str]:
        """The rows that could not be used, by reason."""
        return Counter(self.summary["bad_rows"]["reasons"]) + self.losses.bad

    @property
    def bad_listed(self) -> list[str]:
        """The first of them, those of imports last."""
        return _listed(self.summary["bad_rows"], self.losses)

    @property
    def bad_entries(self) -> int:
        """How many entries all of them would take up, where some tell of several rows."""
        listed: list[dict[str, Any]] = self.summary["bad_rows"]["listed"]
        return self.bad.total() - sum(int(row.get("rows", 1)) - 1 for row in listed)

    @property
    def bad_share(self) -> float:
        """Their share of all rows read."""
        count = self.bad.total()
        return count / (count + self.rows) if count else 0.0


def score_bulk(job: Job, engine: Engine = read_local, work: Work | None = None) -> Outcome:
    """Score samples and tallies, and write the folder: all its files, or none.

    Raises `InputError` where there is nothing to score, where tallies were made by other rules,
    where files of others stand in the folder under names of its own, and as `Scan.read` and
    `Scan.finish`.
    """
    rules = replace(job.rules, profile=profile_of(job.inputs.tallies, job.profile))
    work = work or Work()
    if job.folder is None:
        return _score(job, rules, engine, work)
    refuse_foreign(job.folder)
    with replacing(job.folder) as places:
        if job.keep_samples:
            made = provenance(rules.profile, unnumbered=False)
            work = replace(work, samples=places[SAMPLES], metadata=made)
        outcome = _score(job, rules, engine, work, places)
        made, decisions = outcome.summary["provenance"], outcome.tallied.decisions
        columns.write_parquet(places[DECISIONS], decisions, metadata=made)
        write_json(places[SUMMARY], outcome.summary)
    return outcome


def _score(
    job: Job, rules: Rules, engine: Engine, work: Work, places: Places | None = None
) -> Outcome:
    """Read, merge, decide, and check; tallies are written as they come."""
    others = bool(job.inputs.samples or job.imported)
    where = _filter(job, others=others)
    scan = engine(job.inputs, rules, work) if job.inputs.samples else Scan(rules)
    before = scan.rows
    losses, bad = import_into(scan, job.imported, len(job.inputs.samples), work)
    samples = scan.rows - before  # of records, several of which may be one row
    refuse_by_row(job.inputs.tallies, unnumbered=scan.unnumbered > 0, others=others)
    unnumbered = scan.unnumbered > 0 or any(
        made.get("numbering") == "by_row" for made in job.inputs.tallies.values()
    )
    tasks = add_tallies(scan, job.inputs.tallies, rules.task)
    rows = {"rows": scan.rows, "other_tasks": scan.other_tasks}
    if not scan.rows:
        raise InputError(_nothing(job, bad, rows, tasks))
    if job.strict:
        _refuse_bad(bad, losses)
    made = provenance(rules.profile, unnumbered=unnumbered, where=where)
    path = None if places is None else places[TALLIES]
    try:
        tallied = scan.finish(job.choice, path=path, metadata=made)
    except InputError as error:  # which does not know where tallies lie
        several = job.inputs.tallies if len(job.inputs.tallies) > 1 else ()
        raise InputError(contradiction(several, rules.task) or str(error)) from error
    if not any(tallied.orders.values()):
        raise InputError(_filtered(job, tallied))
    _check_named(job.named, tallied)
    _check_problems(job, tallied)
    summary = _summary(tallied, rules, job, rows, bad) | {"provenance": made}
    read = rows["rows"] - samples + losses.records
    return Outcome(summary, tallied, losses, bad["broken"], read)


def _filter(job: Job, *, others: bool) -> dict[str, Any]:
    choice = job.choice
    asked = filter_told(choice.params, choice.api_model, choice.prompts)
    return filter_of(job.inputs.tallies, asked, others=others)


def _check_problems(job: Job, tallied: Tallied) -> None:
    """Raise `InputError` for problems that may not be scored so."""
    if job.refuse is not None:
        ids = tallied.decisions.column("problem_id").to_pylist()
        job.refuse((str(problem), "") for problem in ids)
    if job.choice.selector == ORACLE and not all(
        task["labelled"] for task in tallied.figures["tasks"].values()
    ):
        raise InputError(NO_ORACLE)
    if job.deciding:
        _check_supported(job.choice, tallied)


def _check_supported(choice: Choice, tallied: Tallied) -> None:
    """Raise `InputError` where samples were left out that this decision may need."""
    for task in tallied.figures["tasks"].values():
        supported(task["stops"], decision_of(choice.abstain, choice.tie, choice.selector))


def _refuse_bad(bad: Mapping[str, Any], losses: Losses) -> None:
    """Raise `InputError` where any row could not be used."""
    count = sum(bad["reasons"].values()) + losses.bad.total()
    if not count:
        return
    first = _listed(bad, losses)[0]
    rows = "1 row" if count == 1 else f"{count:,} rows"
    raise InputError(f"{rows} could not be used, and --strict allows none: {first}")


def told(row: Mapping[str, Any]) -> str:
    """A listed row that could not be used: file, line and reason; or several that follow."""
    rows = f"{row['rows']:,} rows lost where " if "rows" in row else ""
    return columns.plainly(f"{row['file']}:{row['line']}: {rows}{row['reason']}")


def _listed(bad: Mapping[str, Any], losses: Losses) -> list[str]:
    return [*map(told, bad["listed"]), *losses.bad_records]


def _check_named(named: Sequence[str], tallied: Tallied) -> None:
    """Raise `InputError` for an `--accuracy` of a model that no task has."""
    known = sorted({name for order in tallied.orders.values() for name in order})
    for name in named:
        if name not in known:
            raise InputError(f"--accuracy {name}: no such model; there are: {', '.join(known)}")


def _summary(
    tallied: Tallied,
    rules: Rules,
    job: Job,
    rows: Mapping[str, int],
    bad: Mapping[str, Any],
) -> dict[str, Any]:
    """All figures; nothing of how or in which order they came about."""
    counts = {name: tallied.figures[name] for name in _COUNTS}
    return {
        "summary_version": SUMMARY_VERSION,
        "rows": {**rows, "bad": sum(bad["reasons"].values()), **counts},
        "bad_rows": {"reasons": bad["reasons"], "listed": bad["listed"]},
        "conflicting_samples": [
            dict(zip(("task", "problem_id", "model", "sample_index"), sample, strict=True))
            for sample in tallied.figures["conflicting"]
        ],
        "tasks": figures_of(tallied, rules, job.choice, job.prices),
    }


def _shown(job: Job) -> str:
    """The first names of what is scored."""
    names = [*job.inputs.samples, *job.inputs.tallies, *job.imported]
    if names == ["-"]:
        return "<stdin>"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004


def _filtered(job: Job, tallied: Tallied) -> str:
    filtered = tallied.figures["filtered"]
    return (
        f"{_shown(job)}: none of {filtered:,} rows is of the parameters or the API model asked for"
    )


def _nothing(
    job: Job, bad: Mapping[str, Any], rows: Mapping[str, int], tasks: Iterable[str]
) -> str:
    shown = _shown(job)
    if bad["listed"]:
        first, total = bad["listed"][0], sum(bad["reasons"].values())
        among = "1 row" if total == 1 else f"{total:,} rows"
        return f"{shown}: no sample row in {among}; the first: {told(first)}{_hint(first)}"
    if tasks:
        return f"{shown}: no row of task {job.rules.task!r}, only of {', '.join(sorted(tasks))}"
    if rows["other_tasks"]:
        return f"{shown}: no row of task {job.rules.task!r}, only {rows['other_tasks']:,} of others"
    return f"{shown}: empty: no sample row"


def _hint(row: Mapping[str, Any]) -> str:
    """What to do about a row that cannot be used, behind what is wrong with it."""
    reason = str(row["reason"])
    if row["file"] == "<stdin>":
        if reason == "not an object":
            return _STDIN_LIST
        if reason.startswith(("not UTF-8", "not JSON")):
            return _STDIN
    return _HINTS.get(reason, "")
