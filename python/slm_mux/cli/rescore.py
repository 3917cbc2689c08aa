"""`slm-mux rescore`: the same results from recorded samples, no network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names, Positive, refuse_options
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.recorded import BulkOptions, RecordedOptions
from slm_mux.cli.options.voting import VotingOptions
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slm_mux.scoring.samples import SampleSet
    from slm_mux.study.calibration_file import Calibration
    from slm_mux.tallies import Rules
    from slm_mux.types import Pool


def rescore(
    *logs: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    results: Annotated[
        list[Path] | None, Parameter(alias="-i", consume_multiple=True, negative=(), show=False)
    ] = None,
    output: Annotated[
        Path | None,
        Parameter(alias="-o", help="A results file (.json), or a folder for tables."),
    ] = None,
    models: Annotated[Names | None, Parameter(help="Pool order; default as recorded.")] = None,
    extra_calls: Annotated[
        Positive | None,
        Parameter(alias=["--samples", "-k"], help="Samples asked for; default as recorded."),
    ] = None,
    pool: Annotated[
        Path | None, Parameter(help="A pool file, for prices, order and accuracies.")
    ] = None,
    seed: Annotated[int, Parameter(help="Of random ties.")] = 0,
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    bulk: BulkOptions = BulkOptions(),  # noqa: B008 - frozen
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Vote, select and score recorded samples; no network.

    Reads JSONL (plain, gzip, zstd), Parquet and Arrow files with one sample or a list of them a
    row, what other tools recorded, and tallies of earlier runs, all told apart by content.

    Parameters
    ----------
    logs
        Files, folders and patterns of sample files or tallies; - is standard input.
    """
    from slm_mux.cli.left_out import say  # noqa: PLC0415
    from slm_mux.cli.small import (  # noqa: PLC0415
        TO_A_FOLDER,
        is_results_file,
        refuse_tables_only,
    )
    from slm_mux.scoring.bulk.inputs import sort_out  # noqa: PLC0415
    from slm_mux.scoring.bulk.products import without_products  # noqa: PLC0415

    named = [*logs, *(results or ())]
    refuse_options(named, "rescore")
    given = [Path(name) for name in without_products(map(str, named))]
    if not given:
        raise InputError("say which samples to score: slm-mux rescore INPUT… --output DIR|FILE")
    known = _load(pool)
    request = _Request(given, output, models, extra_calls, known, seed, recorded, voting, out)
    if is_results_file(output):
        refuse_tables_only(bulk)
        return request.results(bulk)
    if output is None and bulk.keep_samples:
        raise InputError(f"--keep-samples {TO_A_FOLDER}")
    tell = None if out.quiet else say
    own, imported = sort_out(
        given, mapped=bool(bulk.map), named=bulk.model is not None, tell=tell, output=output
    )
    if output is None and not imported and _is_small(given, bulk):
        return request.results(bulk)
    return request.tables(own, imported, bulk)


SMALL = 32 << 20
"""Logs of up to so many bytes in all are read whole where no folder is to be written."""


def _load(pool: Path | None) -> Pool | None:
    from slm_mux.pool import load_pool  # noqa: PLC0415

    return load_pool(pool) if pool else None


def _is_small(given: list[Path], bulk: BulkOptions) -> bool:
    """Whether these are sample logs of ours that fit into memory, read by no special rule."""
    if bulk != BulkOptions():
        return False
    paths = [path for path in given if str(path) != "-"]
    plain = all(path.is_file() and path.suffix == ".jsonl" for path in paths)
    return plain and sum(path.stat().st_size for path in paths) <= SMALL


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for, whichever way it is done."""

    given: list[Path]
    output: Path | None
    models: list[str] | None
    samples: int | None
    pool: Pool | None
    seed: int
    recorded: RecordedOptions
    voting: VotingOptions
    out: OutputOptions

    def results(self, bulk: BulkOptions) -> int:
        """Score in memory: the results file holds every response."""
        from slm_mux.cli.finish import finish, prices_of  # noqa: PLC0415
        from slm_mux.cli.inputs import policies_of  # noqa: PLC0415
        from slm_mux.cli.left_out import refuse_bad, tell_read, tell_unlabelled  # noqa: PLC0415
        from slm_mux.cli.small import read_small, references_of, with_references  # noqa: PLC0415
        from slm_mux.scoring.score import score  # noqa: PLC0415
        from slm_mux.store.stops import supported  # noqa: PLC0415

        known = references_of(bulk.references, self.recorded.kind)
        samples, losses = read_small(self.given, bulk, self.recorded, known, self.voting.rules)
        refuse_bad(samples.report, losses, strict=bulk.strict)
        samples = with_references(samples, bulk.references, known)
        pool = [m.name for m in self.pool.members] if self.pool else []
        policies = policies_of(
            self.voting,
            order=self.models or _order(samples, pool),
            problems=samples.problems,
            kind=samples.kind,
            seed=self.seed,
            samples=self.samples,
            stop=samples.stop,
            pool=self.pool,
        )
        most = supported(samples.marks, policies.decision)
        policies = replace(policies, samples=policies.samples or most)
        scored = score(samples.task, samples.kind, samples.problems, samples.samples, policies)
        code = finish(scored, output=self.output, prices=prices_of(self.pool), out=self.out)
        without = sum(p.reference_answer is None for p in samples.problems)
        asked = bulk.references is not None
        if asked or not self.out.quiet:
            tell_unlabelled(without, len(samples.problems), asked=asked)
        share = tell_read(samples.report, losses, quiet=self.out.quiet)
        return max(code, int(share > bulk.max_bad))

    def tables(self, own: list[str], imported: list[str], bulk: BulkOptions) -> int:
        """Score in bulk: what stays in memory are tallies."""
        from slm_mux.cli.bulk import choice_of, of_rows, rules_of, run_bulk  # noqa: PLC0415
        from slm_mux.cli.finish import prices_of  # noqa: PLC0415
        from slm_mux.cli.inputs import (  # noqa: PLC0415
            accuracies_of,
            calibration_of,
            weights_of,
        )
        from slm_mux.cli.left_out import say  # noqa: PLC0415
        from slm_mux.cli.mapped import unmapped  # noqa: PLC0415
        from slm_mux.scoring.bulk.inputs import Inputs, find_inputs  # noqa: PLC0415
        from slm_mux.scoring.bulk.known import asked_for  # noqa: PLC0415
        from slm_mux.scoring.bulk.score import Job  # noqa: PLC0415
        from slm_mux.scoring.bulk.tallied import refuse_rules_of_rows  # noqa: PLC0415

        inputs = find_inputs(own) if own else Inputs()
        refuse_rules_of_rows(inputs, imported, of_rows(self.recorded, bulk, self.voting))
        rules, beside = rules_of(inputs, bulk, self.recorded)
        for line in unmapped(rules.fields, [*inputs.samples, *imported]):
            say(line)
        calibration = calibration_of(self.voting, rules.kind)
        choice = choice_of(
            self.voting,
            self.recorded,
            order=self.models,
            first=[m.name for m in self.pool.members] if self.pool else [],
            accuracies=accuracies_of(self.voting, beside, rules.kind, self.pool, calibration),
            samples=self.samples,
            seed=self.seed,
            problems=asked_for(beside),
            weights=weights_of(calibration),
        )
        job = Job(
            inputs,
            rules,
            choice,
            imported=imported,
            profile=self.voting.profile,
            prices=prices_of(self.pool),
            folder=self.output,
            keep_samples=bulk.keep_samples,
            strict=bulk.strict,
            named=list(self.voting.accuracies()),
            refuse=self._refusing(calibration, rules, bulk),
        )
        return run_bulk(job, bulk, self.out)

    def _refusing(
        self, calibration: Calibration | None, rules: Rules, bulk: BulkOptions
    ) -> Callable[[Iterable[tuple[str, str]]], None] | None:
        """What refuses the problems that may not be scored so, if anything does."""
        if self.voting.allow_validation_overlap:
            calibration = None
        if calibration is None and bulk.references is None:
            return None
        from slm_mux.scoring.bulk.references import refuse_strangers  # noqa: PLC0415

        def refuse(problems: Iterable[tuple[str, str]]) -> None:
            listed = list(problems)
            if calibration is not None:
                calibration.refuse_overlap(listed)
            if bulk.references is not None:
                ids = [problem.problem_id for problem in rules.known if problem.task is None]
                refuse_strangers(bulk.references, ids, dict(listed))

        return refuse


def _order(samples: SampleSet, pool: list[str]) -> list[str]:
    """The pool file's order where it knows a recorded member, then the recorded one."""
    return [m for m in pool if m in samples.members] + [m for m in samples.members if m not in pool]
