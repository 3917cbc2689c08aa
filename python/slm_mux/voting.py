"""The answer table: recorded answers of several members, ready to be voted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux import (
    _core,  # noqa: TID251  part of the facade
    counts,
    expectation,
    stopping,
)
from slm_mux import subsets as _subsets
from slm_mux.arrow import ArrowTable
from slm_mux.errors import InputError
from slm_mux.expectation import DRAWS, AtHand, Estimate, Policies
from slm_mux.selection import DEFAULT_SELECTOR, Decisions, options_of
from slm_mux.stopping import TRIALS, Replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.counts import Candidate, MemberSummary, Tally
    from slm_mux.subsets import ContradictionOver, Lambda, Objective, SubsetScore
    from slm_mux.types import Abstain, Tie


class AnswerTable:
    """Recorded answers, every text interned to a small integer; immutable.

    Texts cross into the table once; votes, selections and summaries are then methods of it,
    run with the interpreter released, and may be called from any number of threads. Lone
    surrogates in ids, names and keys read as U+FFFD.

    >>> table = AnswerTable.from_samples(
    ...     [
    ...         {"problem_id": "1", "model": "a", "sample_index": 0, "key": "7"},
    ...         {"problem_id": "1", "model": "a", "sample_index": 1, "key": "8"},
    ...         {"problem_id": "1", "model": "b", "sample_index": 0, "key": "8"},
    ...         {"problem_id": "1", "model": "b", "sample_index": 1, "key": "8"},
    ...     ],
    ...     references={"1": "8"},
    ... )
    >>> decision = table.select()[0]
    >>> decision.key, decision.model, decision.confidence, decision.correct
    ('8', 'b', Fraction(1, 1), True)
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.AnswerTable) -> None:
        self._core = core

    @classmethod
    def from_samples(
        cls,
        rows: Iterable[Mapping[str, object]] | ArrowTable,
        *,
        references: Mapping[str, str | None] | None = None,
        problems: Iterable[str] | None = None,
        members: Iterable[str] | None = None,
    ) -> AnswerTable:
        """Build a table of samples in any order.

        A row has `problem_id: str`, `model: str` (the member's name), `sample_index: int` from 0
        to 2³²-1, `key: str | None`, and may have

        - `state`: `ok` (needs a key), `unparsed`, `truncated` or `failed`; by default `ok` with a
          key and `unparsed` without. Only `ok` samples vote; the key of another is not read.
        - `correct`: the grader's verdict, None for undecided. It overrides `references`, the
          reference keys by problem, with which keys are compared as strings.

        Reports on one sample (problem, model, index) count once: a key goes before no key, that
        before a failure, and of two keys the smaller string stands. A sample with two keys, two
        states or two verdicts is listed in `conflicts`; contradicting verdicts are undecided.

        `problems` and `members` come first in the table, in that order, whether they have
        samples or not; the others follow as first seen. Arrow columns may be of any string,
        integer and boolean type and are read in place.

        Raises `InputError` naming the row, counted from 1, and the field.
        """
        known = (
            [(problem, key) for problem, key in (references or {}).items() if key is not None],
            list(problems or ()),
            list(members or ()),
        )
        if isinstance(rows, ArrowTable):
            return cls(_core.AnswerTable.from_arrow(rows, *known))
        return cls(_core.AnswerTable.from_rows(rows, *known))

    @classmethod
    def from_tallies(
        cls,
        tallies: ArrowTable,
        task: str,
        *,
        problems: Iterable[str] = (),
        members: Iterable[str] = (),
    ) -> AnswerTable:
        """Build the table of one task of a tallies file (see `slm_mux.tallies.Tallied`).

        Every sample stands under its index with the verdict that it was given. `problems` come
        first in the table, in that order, and `members` are those that take part (all where none
        are named), in that order, whether they have samples or not.

        Raises `InputError` where a column is missing or holds something else.
        """
        core = _core.AnswerTable.from_tallies(tallies, task, list(problems), list(members))
        return cls(core)

    def merge(self, other: AnswerTable) -> AnswerTable:
        """Return the union of both tables: a sample in both counts once.

        What is in the table does not depend on the order or number of merges. Only the order of
        problems and members does: this table's come first.
        """
        return AnswerTable(self._core.merge(other._core))

    def first_samples(self, k: int) -> AnswerTable:
        """Return the same problems and members with only the samples whose index is below `k`.

        Raises `InputError` for a `k` that is no number of samples.
        """
        if not 1 <= k < 2**32:
            raise InputError(f"k is {k}, it must be from 1 to 2^32 - 1")
        return AnswerTable(self._core.first_samples(k))

    def __or__(self, other: AnswerTable) -> AnswerTable:
        return self.merge(other)

    @property
    def problem_ids(self) -> list[str]:
        """The problems, in table order."""
        return self._core.problem_ids

    @property
    def members(self) -> list[str]:
        """The members, in table order: the default pool order."""
        return self._core.members

    @property
    def conflicts(self) -> list[tuple[str, str, int]]:
        """The samples whose reports contradict each other: (problem, model, sample index)."""
        return self._core.conflicts

    def tally(self, problem_id: str, model: str, *, abstain: Abstain = "count") -> Tally:
        """Return the votes of one member on one problem; an empty tally if it has no samples.

        Raises `InputError` when the table knows no such problem or member.
        """
        return counts.tally(self._core, problem_id, model, abstain)

    def members_summary(self) -> list[MemberSummary]:
        """Summarise each member over all samples and problems, in table order."""
        return counts.members_summary(self._core)

    def oracle(self, members: Sequence[str] | None = None) -> int:
        """Count the problems on which the top key of some member is correct.

        An upper bound for every selector that returns a member's top key. `members` limits it
        to a pool; by default all. Raises `InputError` for a member the table does not know.
        """
        return self._core.oracle(None if members is None else list(members))

    def any_correct(self, members: Sequence[str] | None = None) -> int:
        """Count the problems on which some answer of some member is correct.

        An upper bound for every selector, those that pool votes included. `members` as in
        `oracle`.
        """
        return self._core.any_correct(None if members is None else list(members))

    def candidates(
        self, members: Sequence[str], *, abstain: Abstain = "count"
    ) -> list[list[Candidate]]:
        """List the distinct keys of each problem, with the votes of `members`.

        Raises `InputError` for a member the table does not know or that is named twice.
        """
        return counts.candidates(self._core, members, abstain)

    def select(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        selector: str = DEFAULT_SELECTOR,
        *,
        order: Sequence[str] | None = None,
        validation_accuracy: Mapping[str, float | None] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
        choices: int | None = None,
        weights: Mapping[str, int] | None = None,
    ) -> Decisions:
        """Decide every problem of the table.

        `selector`:

        - `mux`: the top key of the member whose top key has the largest share of its responses,
          shares compared as fractions (SLM-MUX, arXiv 2510.05077);
        - `majority`: one plurality over the samples of all members, shown as its best supporter
          gave it: by `tie`, then by more votes, pool order, smallest index;
        - `weighted`: the same with votes that weigh max(0, ln(a(C-1)/(1-a))), a the member's
          validation accuracy, smoothed as that of a hundred answers, C the `choices` or else the
          distinct keys of the problem; needs an accuracy of every member of the pool;
        - `calibrated`: the key of the largest fitted log-odds, to which each member adds
          w (c/n + [c = n]) / 2 for its c of n samples, w its weight in millionths of `weights`
          (see `slm_mux.study.calibration`);
        - `switch`: the answer of the first member, in tie order, whose samples all agree; if
          there is none a pooled vote weighted by consistency times smoothed accuracy
          (ModelSwitch, arXiv 2504.00762); accuracies of all members or of none;
        - `unanimous`: the key that the first sample of every member gives; if they differ, `mux`
          (the published early exit as a rule on recorded samples);
        - `oracle`: the first top key, in tie order, that is correct; if there is none, `mux`. It
          reads the verdicts: an upper bound for rules that return a member's top key;
        - `single:NAME`: self-consistency of one member.

        `order` is the pool: the members that take part, in pool order; by default all of the
        table. `abstain`: whether unparsed and truncated samples stay in the denominator
        (`count`, the paper's rule) or not (`drop`). `tie`: `accuracy` goes by
        `validation_accuracy` (shares from 0 to 1; a member without one after all with one) and
        then by pool order, `order` by pool order alone, `random` by the members' SHA-256 of
        `seed`, problem and member, joined with NUL.

        Raises `InputError` for an unknown selector, member or policy, naming the choices, and
        for an accuracy or a weight that is missing.
        """
        options = options_of(
            selector,
            order=order,
            validation_accuracy=validation_accuracy,
            weights=weights,
            abstain=abstain,
            tie=tie,
            seed=seed,
            choices=choices,
        )
        return Decisions(self._core.select(options))

    def expected_accuracy(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        members: Sequence[str],
        k: int,
        *,
        selector: str = DEFAULT_SELECTOR,
        validation_accuracy: Mapping[str, float | None] | None = None,
        weights: Mapping[str, int] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
        draws: int = DRAWS,
        closed_form: bool = True,
        allow_short: bool = False,
    ) -> Estimate:
        """Estimate the accuracy of a pool that draws `k` samples a member and problem.

        The expectation is over random ordered draws without replacement of `k` of each member's
        recorded responses (failed calls are none), so at `k` = n it averages over their order.
        `members` are the pool, in pool order, which is the tie order where no validation accuracy
        is known. For `mux` and `single:NAME` it is exact under every policy; other selectors are
        tried on `draws` draws of `seed`, the same ones for every selector, and the estimate has
        its standard error; with `closed_form=False` all are. Cost grows with the square of `k`,
        which is at most 512.

        A member with fewer than `k` calls on some problem is refused, unless `allow_short`: then
        all of its responses are taken. The options are those of `select`.

        Raises `InputError` for an unknown selector, member or policy, and for `k` out of range.

        >>> table = AnswerTable.from_samples(
        ...     [
        ...         {"problem_id": "1", "model": "a", "sample_index": at, "key": key}
        ...         for at, key in enumerate(["7", "7", "8", "7"])
        ...     ],
        ...     references={"1": "7"},
        ... )
        >>> estimate = table.expected_accuracy(["a"], 2)
        >>> estimate.value, estimate.exact
        (0.75, True)
        """
        policies = Policies(
            validation_accuracy=validation_accuracy or {},
            weights=weights or {},
            abstain=abstain,
            tie=tie,
            seed=seed,
            draws=draws,
            closed_form=closed_form,
        )
        return expectation.expected_accuracy(
            self._core, members, k, selector, policies, allow_short=allow_short
        )

    def expected_subsets(
        self, pools: Sequence[Sequence[str]], k: int, policies: Policies | None = None
    ) -> list[float]:
        """Work out the expected accuracy of `mux` at `k` samples a member for each of `pools`.

        Exact; each member is worked out once. Raises `InputError` as `expected_accuracy`.
        """
        members = list(dict.fromkeys(name for pool in pools for name in pool))
        place = {name: at for at, name in enumerate(members)}
        subsets = [[place[name] for name in pool] for pool in pools]
        return expectation.expected_subsets(self._core, members, subsets, k, policies or Policies())

    def at_hand(self, members: Sequence[str] | None = None) -> list[AtHand]:
        """Count how many samples of each member there are on every problem.

        Raises `InputError` for a member the table does not know.
        """
        return expectation.at_hand(self._core, self.members if members is None else members)

    def settled(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        k: int,
        *,
        selector: str = DEFAULT_SELECTOR,
        order: Sequence[str] | None = None,
        validation_accuracy: Mapping[str, float | None] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
    ) -> list[bool]:
        """Tell, for each problem, whether the samples at hand decide as all `k` would.

        True where no outcome of those that are missing of `k` a member (failed calls are, they
        may be made again) can change the decided key and member. The options are those of
        `select`; raises `InputError` as `StoppingRule`.
        """
        options = options_of(
            selector,
            order=order,
            validation_accuracy=validation_accuracy,
            abstain=abstain,
            tie=tie,
            seed=seed,
        )
        return stopping.settled(self._core, options, k)

    def replay_stopping(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        members: Sequence[str],
        k: int,
        *,
        selector: str = DEFAULT_SELECTOR,
        validation_accuracy: Mapping[str, float | None] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
        trials: int = TRIALS,
        most: int = 1,
    ) -> Replay:
        """Ask recorded samples again, and stop as soon as the decision cannot change.

        Each of `trials` draws `k` of every member's samples of each problem (all, where there
        are fewer) in a random order, asks them as `StoppingRule.next` says, at most `most` at
        once, and compares the decision with that of all of them. `members` are the pool, in
        pool order. Raises `InputError` as `StoppingRule`, and for a number below 1.
        """
        options = options_of(
            selector,
            order=members,
            validation_accuracy=validation_accuracy,
            abstain=abstain,
            tie=tie,
            seed=seed,
        )
        return stopping.replay(self._core, options, k, trials, most)

    def search_subsets(  # noqa: PLR0913  the options of a search, keyword-only
        self,
        *,
        sizes: Iterable[int],
        objective: Objective = "paper",
        lambda_: Lambda = 1,
        robust_level: int = 2,
        contradiction_over: ContradictionOver = "union",
        k: int | None = None,
        members: Sequence[str] | None = None,
        abstain: Abstain = "count",
        ranking: int = 0,
        resamples: int = 0,
        seed: int = 0,
    ) -> dict[int, SubsetScore]:
        """Find the best subset of each of `sizes`, scoring every one.

        `objective`:

        - `paper`: union - λ · contradiction (SLM-MUX, arXiv 2510.05077). Union is the share of
          all problems on which some member has at least `robust_level` correct samples.
          Contradiction is the share, among these problems (`contradiction_over="union"`, as the
          published figures; `"all"` divides by all problems, as the printed formula does), of
          those on which some member with more than one sample gave one and the same wrong key in
          every sample. Scores are compared as exact fractions; a float `lambda_` means the
          decimal that it is written as.
        - `expected`: the expected accuracy of `mux` at `k` samples a member, drawn at random from
          those recorded, in closed form; equal to twelve decimals is tied. `members` is then the
          tie order too, and `abstain` as in `select`.

        `k` limits the samples of `paper` to indexes below it. `members` is the pool, in pool
        order; by default all. Of equal subsets the first in lexicographic order of the pool is
        the best. `ranking` asks for as many of the best (up to 1,000,000), `resamples` for as
        many searches on problems drawn again (a bootstrap), of `seed`; where that takes too long,
        for fewer, down to 100, or none.

        Raises `InputError` for sizes, members or options that are not possible, and for more
        than 10^10 subsets.
        """
        return _subsets.search(
            self._core,
            sizes=sizes,
            members=members,
            objective=objective,
            lambda_=lambda_,
            robust_level=robust_level,
            contradiction_over=contradiction_over,
            abstain=abstain,
            k=k,
            ranking=ranking,
            resamples=resamples,
            seed=seed,
        )

    def __repr__(self) -> str:
        return (
            f"<AnswerTable: {len(self.problem_ids)} problems, {len(self.members)} members, "
            f"{self._core.sample_count} samples>"
        )
