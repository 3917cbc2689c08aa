"""Options → tasks, pools and policies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from slm_mux.cli.options.asking import PoolOptions, TaskOptions
    from slm_mux.cli.options.recorded import RecordedOptions
    from slm_mux.cli.options.voting import VotingOptions
    from slm_mux.scoring.filters import ParamFilter
    from slm_mux.scoring.samples import SampleSet
    from slm_mux.scoring.score import Policies
    from slm_mux.study.calibration_file import Calibration
    from slm_mux.tallies import KnownProblem
    from slm_mux.tasks import LoadedProblems, Task
    from slm_mux.types import Kind, Member, Pool, Profile, Stop


def task_of(name: str, options: TaskOptions) -> tuple[Task, LoadedProblems]:
    """The task and its problems: a known benchmark, or a problems file with its kind."""
    from slm_mux.tasks import TASKS, custom_task, get_task  # noqa: PLC0415

    if name in TASKS:
        task = get_task(name)
        if options.prompt is not None:
            task = replace(task, styles=custom_task(name, task.kind, options.prompt).styles)
        path = options.data_path
    else:
        path = options.data_path or Path(name)
        task = custom_task(Path(name).stem, _kind_of(name, options), prompt=options.prompt)
    if path is None:
        raise InputError(f"{name} needs its problems: --data-path FILE")
    return task, task.load(path, seed=options.seed, limit=options.limit)


def _kind_of(name: str, options: TaskOptions) -> Kind:
    from slm_mux.tasks import TASKS  # noqa: PLC0415

    if not Path(name).exists() and options.data_path is None:
        raise InputError(f"{name} is no task ({', '.join(TASKS)}) and no file")
    if options.kind is None:
        raise InputError(f"{name}: say which answers it asks for: --kind math|number|choice")
    return options.kind


def pool_of(options: PoolOptions) -> Pool:
    """The pool file, or one made of `--models`; flags override a file's parameters."""
    from slm_mux.pool import load_pool, pool_from_models  # noqa: PLC0415

    if (options.pool is None) == (options.models is None):
        raise InputError("say who is asked: --models A B …, or --pool FILE (one of the two)")
    if options.pool is not None:
        if options.base_url or options.api_key_env:
            raise InputError("--base-url and --api-key-env go with --models, not with --pool")
        pool = load_pool(options.pool)
    else:
        pool = pool_from_models(
            options.models or [], base_url=options.base_url, api_key_env=options.api_key_env
        )
    return replace(pool, members=tuple(_with_flags(m, options) for m in pool.members))


def _with_flags(member: Member, options: PoolOptions) -> Member:
    if options.temperature is not None:
        member = replace(member, temperature=options.temperature)
    if options.max_tokens is not None:
        member = replace(member, max_tokens=options.max_tokens)
    return member


def policies_of(
    options: VotingOptions,
    *,
    order: Sequence[str],
    problems: Sequence[Problem],
    kind: Kind,
    seed: int = 0,
    samples: int | None = None,
    stop: Stop = "none",
    pool: Pool | None = None,
) -> Policies:
    """Everything a decision depends on; validation accuracies from flag, log or pool file."""
    from slm_mux.scoring.score import Policies, check  # noqa: PLC0415

    calibration = calibration_of(options, kind)
    if calibration is not None and not options.allow_validation_overlap:
        calibration.refuse_overlap((p.problem_id, p.problem) for p in problems)
    known = accuracies_of_pool(pool)
    known |= dict(calibration.accuracy) if calibration else {}
    known |= _validated(options, problems, kind)
    known |= _named(options, order)
    policies = Policies(
        order=tuple(order),
        samples=samples,
        profile=options.rules,
        selector=options.selector,
        abstain=options.abstain,
        tie=options.tie,
        stop=stop,
        seed=seed,
        validation_accuracy={name: known[name] for name in order if name in known},
        weights=weights_of(calibration),
    )
    check(policies)
    return policies


def calibration_of(options: VotingOptions, kind: Kind | None) -> Calibration | None:
    """The calibration that was given. Raises `InputError` where one is missing or does not fit."""
    if options.calibration is None:
        if options.selector == "calibrated":
            raise InputError(
                "--selector calibrated needs --calibration FILE: slm-mux calibrate makes one"
            )
        return None
    from slm_mux.study.calibration_file import read  # noqa: PLC0415

    calibration = read(options.calibration)
    calibration.check(kind=kind, profile=options.rules, abstain=options.abstain)
    return calibration


def weights_of(calibration: Calibration | None) -> dict[str, int]:
    """The weights of members; none without a calibration."""
    return dict(calibration.weights) if calibration else {}


def accuracies_of_pool(pool: Pool | None) -> dict[str, float]:
    """What a pool file says of its members' validation accuracies."""
    members = pool.members if pool else ()
    return {m.name: m.validation_accuracy for m in members if m.validation_accuracy is not None}


def accuracies_of(
    options: VotingOptions,
    known: Sequence[KnownProblem],
    kind: Kind | None,
    pool: Pool | None,
    calibration: Calibration | None = None,
) -> dict[str, float]:
    """Validation accuracies for a bulk scoring, whose members are not known beforehand."""
    problems = [Problem(p.problem_id, "", p.reference_answer) for p in known]
    if options.validation and kind is None:
        raise InputError("--validation needs the answer kind here: --kind math, number or choice")
    validated = _validated(options, problems, kind) if kind is not None else {}
    calibrated = dict(calibration.accuracy) if calibration else {}
    return accuracies_of_pool(pool) | calibrated | validated | options.accuracies()


def _named(options: VotingOptions, order: Sequence[str]) -> dict[str, float]:
    named = options.accuracies()
    for name in named:
        if name not in order:
            raise InputError(f"--accuracy {name}: no such model; the pool has {', '.join(order)}")
    return named


def _validated(options: VotingOptions, problems: Sequence[Problem], kind: Kind) -> dict[str, float]:
    if not options.validation:
        return {}
    from slm_mux.cli.left_out import tell_first_bad  # noqa: PLC0415
    from slm_mux.scoring.read import read_samples  # noqa: PLC0415
    from slm_mux.scoring.validation import (  # noqa: PLC0415
        refuse_overlap,
        validation_accuracies,
    )

    recorded = read_samples(options.validation, task=None, kind=kind, profile=options.rules)
    tell_first_bad("--validation", recorded.report)
    if not options.allow_validation_overlap:
        refuse_overlap(problems, recorded.problems)
    drawn = [s for cell in recorded.samples.values() for s in cell]
    return validation_accuracies(drawn, recorded.problems, kind=kind, profile=options.rules)


def filter_of(options: RecordedOptions) -> ParamFilter:
    """Which of several ways of asking counts. Raises `InputError`."""
    from slm_mux.scoring.filters import ParamFilter  # noqa: PLC0415

    return ParamFilter.parse(
        ",".join(options.params or ()), api_model=options.api_model, prompts=options.prompt or ()
    )


def read_recorded(
    paths: Sequence[Path],
    options: RecordedOptions,
    settled: Collection[str] = (),
    profile: Profile = "canonical",
) -> SampleSet:
    """The rows of sample logs, filtered, with their problems."""
    from slm_mux.scoring.read import read_samples  # noqa: PLC0415

    return read_samples(
        paths,
        task=options.task,
        kind=options.kind,
        where=filter_of(options),
        settled=settled,
        profile=profile,
    )
