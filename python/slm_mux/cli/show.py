"""`slm-mux show`: one problem's samples, spans, keys, votes, and why the decision fell so."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.recorded import RecordedOptions
from slm_mux.cli.options.voting import VotingOptions
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from rich.text import Text

    from slm_mux.scoring.grading import GradedSample
    from slm_mux.scoring.score import Scored

NEAREST = 3


def show(
    log: Path,
    /,
    *,
    problem: Annotated[str, Parameter(help="Its problem_id.")],
    models: Annotated[Names | None, Parameter(help="Pool order; default as recorded.")] = None,
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Show one problem's samples with their spans and keys, the votes and the decision.

    Parameters
    ----------
    log
        A sample log, as `run` and `collect` write it.
    """
    scored = _scored(log, problem, models, recorded, voting)
    if out.json:
        from slm_mux.scoring.results import results  # noqa: PLC0415

        sys.stdout.write(json.dumps(results(scored)["results"][0]) + "\n")
    elif not out.quiet:
        _print(scored)
    return 0


def _scored(
    log: Path,
    problem_id: str,
    models: list[str] | None,
    recorded: RecordedOptions,
    voting: VotingOptions,
) -> Scored:
    from slm_mux.cli.inputs import policies_of, read_recorded  # noqa: PLC0415
    from slm_mux.scoring.score import score  # noqa: PLC0415

    samples = read_recorded([log], recorded, profile=voting.rules)
    chosen = [p for p in samples.problems if p.problem_id == problem_id]
    if not chosen:
        raise InputError(_unknown(log, problem_id, [p.problem_id for p in samples.problems]))
    policies = policies_of(
        voting,
        order=models or samples.members,
        problems=chosen,
        kind=samples.kind,
    )
    return score(samples.task, samples.kind, chosen, samples.samples, policies)


def _unknown(log: Path, problem_id: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(problem_id, known, n=NEAREST) or known[:NEAREST]
    return f"{log}: no problem {problem_id!r} in it; it has for example {', '.join(near)}"


def _print(scored: Scored) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    problem = scored.problems[0]
    console.print(Text(problem.problem_id, style="bold"))
    console.print(Text(problem.problem))
    for letter, choice in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", problem.choices or (), strict=False):
        console.print(Text(f"  {letter}) {choice}"))
    console.print(Text(f"reference: {problem.reference_answer}\n"))
    for name in scored.policies.order:
        console.print(Text(name, style="bold cyan"))
        for g in scored.samples.get((problem.problem_id, name), ()):
            console.print(_header(g))
            console.print(_highlighted(g))
        console.print(_votes(scored, name), "\n", sep="")
    console.print(_why(scored))


def _header(g: GradedSample) -> Text:
    from rich.text import Text  # noqa: PLC0415

    colour = {"correct": "green", "incorrect": "red"}.get(g.verdict or "", "yellow")
    says = f"key {g.key}, rule {g.rule}" if g.state == "ok" else g.state
    error = g.sample.error
    detail = f": {error['kind']} {error['message']}" if error else ""
    verdict = f", {g.verdict}" if g.verdict else ""
    return Text(f"  #{g.sample.sample_index}  {says}{verdict}{detail}", style=colour)


def _highlighted(g: GradedSample) -> Text:
    """The response with the last occurrence of its span marked; texts are never markup."""
    from rich.text import Text  # noqa: PLC0415

    response = g.sample.response or ""
    text = Text(response, style="dim")
    if g.span and (at := response.rfind(g.span)) >= 0:
        text.stylize("not dim bold reverse", at, at + len(g.span))
    return text


def _votes(scored: Scored, name: str) -> Text:
    from rich.text import Text  # noqa: PLC0415

    tally = scored.table.tally(scored.problems[0].problem_id, name)
    votes = ", ".join(f"{key} x {count}" for key, count in tally.counts.items()) or "none"
    return Text(f"  votes: {votes}; confidence {_fraction(tally.confidence)}")


def _why(scored: Scored) -> Text:
    from rich.text import Text  # noqa: PLC0415

    d = scored.decisions[0]
    if d.key is None:
        return Text("no decision: no model has an answer", style="bold yellow")
    verdict = {True: "correct", False: "incorrect", None: "not graded"}[d.correct]
    return Text(
        f"selected: {d.key} from {d.model}, confidence {_fraction(d.confidence)} "
        f"({_reason(d.reason, d.tied)}): {verdict}",
        style="bold",
    )


def _reason(reason: str, tied: int) -> str:
    return {
        "confidence": "no other model is as sure of itself",
        "accuracy": f"{tied} models are equally sure; the higher validation accuracy decides",
        "order": f"{tied} models are equally sure; pool order decides",
        "random": f"{tied} models are equally sure; the seeded draw decides",
        "single": "the votes of this model alone",
        "majority": "the most votes of all models together",
        "weighted": "the votes of all models together, weighted",
        "calibrated": "the fitted evidence of all models together",
        "unanimous": "all samples that were looked at agree",
        "oracle": "its verdict was looked at: an upper bound",
        "count": "tied votes; the model with the most of them decides",
        "index": "tied votes; the answer seen first decides",
    }.get(reason, reason)


def _fraction(share: Any) -> str:
    return "-" if share is None else f"{share} ({100 * float(share):.0f} %)"
