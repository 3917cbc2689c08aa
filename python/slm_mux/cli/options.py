"""The options that commands share, as groups; the published flags are among the names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter, Token

from slm_mux.errors import InputError
from slm_mux.types import Abstain, Kind, Latency, Profile, Stop, Tie

POOL = Group("Pool", sort_key=1)
SAMPLING = Group("Sampling", sort_key=2)
VOTING = Group("Voting", sort_key=3)
BULK = Group("Large sets", sort_key=4)
OUTPUT = Group("Output", sort_key=5)
SYMPY = Group("SymPy", sort_key=1)
JUDGE = Group("Judge", sort_key=2)


def _split(_type: object, tokens: list[Token]) -> list[str]:
    """`A B`, `A --models B` and `A,B` all mean two."""
    for token in tokens:
        _be_unicode(token.value)
    return [part for token in tokens for part in token.value.split(",") if part]


def _be_unicode(value: str | None) -> None:
    """Raise `InputError` for an argument of bytes in another encoding."""
    if value is not None and any("\ud800" <= char <= "\udfff" for char in value):
        raise InputError(f"{value!r}: not valid Unicode")


Name = Annotated[str, Parameter(validator=lambda _, v: _be_unicode(v))]
Names = Annotated[list[str], Parameter(consume_multiple=True, converter=_split, negative=())]
Positive = Annotated[int, Parameter(validator=lambda _, v: _at_least_one(v))]
Share = Annotated[float, Parameter(validator=lambda _, v: _within_one(v))]
Dollars = Annotated[float, Parameter(validator=lambda _, v: _above_zero(v))]


def _at_least_one(value: int | None) -> None:
    if value is not None and value < 1:
        raise ValueError("must be at least 1")


def _within_one(value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise ValueError("must be a share from 0 to 1, such as 0.01")


def _above_zero(value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValueError("must be above 0")


def refuse_options(names: Iterable[object], command: str) -> None:
    """Refuse what begins like an option among files: only `-` is one, standard input.

    Raises `InputError`.
    """
    for name in map(str, names):
        if name.startswith("-") and name != "-":
            raise InputError(f"unknown option {name} (see slm-mux {command} --help)")


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class TaskOptions:
    """Which problems are asked, and how."""

    data_path: Annotated[
        Path | None,
        Parameter(
            alias=["--dataset", "--dataset-file", "--dataset-path"],
            help="The problems: JSON, JSONL or CSV.",
        ),
    ] = None
    kind: Annotated[Kind | None, Parameter(help="Answer kind of your own problems file.")] = None
    prompt: Annotated[
        str | None,
        Parameter(help="Prompt template with {problem} (and {choices}), or @FILE."),
    ] = None
    limit: Annotated[Positive | None, Parameter(alias="--size", help="The first N problems.")] = (
        None
    )
    seed: Annotated[int, Parameter(help="Of shuffles, sent seeds and random ties.")] = 0


@Parameter(name="*", group=POOL)
@dataclass(kw_only=True, frozen=True)
class PoolOptions:
    """Who is asked."""

    models: Annotated[
        Names | None,
        Parameter(alias=["--model", "--model-list"], help="API model ids, in pool order."),
    ] = None
    pool: Annotated[Path | None, Parameter(help="A pool file (YAML) instead.")] = None
    base_url: Annotated[str | None, Parameter(help="An OpenAI-compatible endpoint.")] = None
    api_key_env: Annotated[
        str | None, Parameter(help="Environment variable that holds the key.")
    ] = None
    temperature: Annotated[float | None, Parameter(help="0.3 unless the pool file says.")] = None
    max_tokens: Annotated[
        Positive | None, Parameter(alias="--max-new-tokens", help="Per answer; default 2048.")
    ] = None
    concurrency: Annotated[
        Positive | None, Parameter(alias="--num-workers", help="Requests in flight, in all.")
    ] = None


@Parameter(name="*", group=SAMPLING)
@dataclass(kw_only=True, frozen=True)
class SamplingOptions:
    """How much is asked, and when to stop."""

    extra_calls: Annotated[
        Positive,
        Parameter(
            alias=["--samples", "-k", "--num-llm-sub-iterations"],
            help="Samples per problem and model, the first included.",
        ),
    ] = 3
    stop: Annotated[
        Stop | None,
        Parameter(
            help="lossless: ask only what can still change the answer; unanimous: the published "
            "early exit, which may change it. Default none."
        ),
    ] = None
    latency: Annotated[
        Latency | None,
        Parameter(
            help="Of --stop lossless. high: one sample at a time, the fewest; low: in rounds; "
            "auto (default): what costs less."
        ),
    ] = None
    sc_after_unanimous: Annotated[
        bool | None,
        Parameter(help="Published flag; --no-sc-after-unanimous means --stop unanimous."),
    ] = None
    log: Annotated[Path | None, Parameter(help="The sample log; default beside --output.")] = None
    retry_failed: Annotated[bool, Parameter(help="Ask again what failed in an earlier run.")] = True
    max_cost: Annotated[Dollars | None, Parameter(help="Stop cleanly at this many dollars.")] = None
    max_tokens_total: Annotated[
        Positive | None, Parameter(help="Stop cleanly at this many tokens.")
    ] = None
    preflight: Annotated[bool, Parameter(help="One cheap call per endpoint before spending.")] = (
        True
    )
    dry_run: Annotated[
        bool, Parameter(help="Show prompts, calls to make and estimates; ask nothing.", negative=())
    ] = False

    @property
    def stopping(self) -> Stop:
        """The stopping policy, from either of its two flags."""
        published: Stop | None = "unanimous" if self.sc_after_unanimous is False else None
        return self.stop or published or "none"


@Parameter(name="*", group=VOTING)
@dataclass(kw_only=True, frozen=True)
class VotingOptions:
    """How votes are counted and the answer is selected."""

    profile: Annotated[
        Profile | None,
        Parameter(help="canonical (default), or paper: the published rules to the letter."),
    ] = None
    selector: Annotated[
        str,
        Parameter(
            help="mux, majority, weighted, calibrated, switch, unanimous, single:NAME; or oracle, "
            "an upper bound that needs references."
        ),
    ] = "mux"
    abstain: Annotated[
        Abstain, Parameter(help="Unparsed answers in or out of the denominator.")
    ] = "count"
    tie: Annotated[Tie, Parameter(help="What decides between equally sure models.")] = "accuracy"
    validation: Annotated[
        list[Path] | None,
        Parameter(
            consume_multiple=True,
            negative=(),
            help="Labelled logs that tell the models' accuracies.",
        ),
    ] = None
    accuracy: Annotated[Names | None, Parameter(help="Validation accuracies, NAME=0.71 each.")] = (
        None
    )
    calibration: Annotated[
        Path | None, Parameter(help="The file of `calibrate`, for --selector calibrated.")
    ] = None
    allow_validation_overlap: Annotated[
        bool, Parameter(help="Accept validation problems that are also scored.", negative=())
    ] = False

    @property
    def rules(self) -> Profile:
        """The profile, the default where none was given."""
        return self.profile or "canonical"

    def accuracies(self) -> dict[str, float]:
        """`--accuracy NAME=x` as a mapping; raises `InputError` on anything else."""
        return dict(_accuracy(item) for item in self.accuracy or ())


def _accuracy(item: str) -> tuple[str, float]:
    name, equals, value = item.rpartition("=")
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not (equals and name and 0 <= share <= 1):
        raise InputError(f"--accuracy {item}: write NAME=x with x between 0 and 1")
    return name, share


@Parameter(name="*", group=OUTPUT)
@dataclass(kw_only=True, frozen=True)
class OutputOptions:
    """Where results go and what is printed."""

    quiet: Annotated[bool, Parameter(alias="-q", help="Print nothing but errors.", negative=())] = (
        False
    )
    json: Annotated[
        bool, Parameter(help="Print the figures as JSON, one line each.", negative=())
    ] = False


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class RecordedOptions:
    """Which of the recorded samples count."""

    task: Annotated[str | None, Parameter(help="Only this task's rows.")] = None
    kind: Annotated[
        Kind | None, Parameter(help="Answer kind, whatever the rows say; needed where none does.")
    ] = None
    params: Annotated[
        Names | None,
        Parameter(help="Only samples drawn with these, e.g. temperature=0.3 max_tokens=512."),
    ] = None
    api_model: Annotated[str | None, Parameter(help="Only samples of this API model.")] = None
    prompt: Annotated[
        Names | None,
        Parameter(help="Of several prompts: first, last, or the beginning of a SHA-256."),
    ] = None


@dataclass(kw_only=True, frozen=True)
class ReadingOptions:
    """How samples of any origin are read."""

    references: Annotated[
        Path | None, Parameter(help="A data set with the reference answers, by problem id.")
    ] = None
    map: Annotated[
        Names | None,
        Parameter(
            help="What fields are called, e.g. response=generation,problem_id=uid; of a field in "
            "others the way there, e.g. response=choices.0.message.content."
        ),
    ] = None
    model: Annotated[str | None, Parameter(help="The model of all samples.")] = None
    strict: Annotated[
        bool, Parameter(help="Any row that cannot be used is an error.", negative=())
    ] = False
    max_bad: Annotated[
        Share,
        Parameter(
            help="Share of the rows read, a row with a list of responses being one, that may be "
            "unusable; beyond it the exit code is 1."
        ),
    ] = 0.01


@Parameter(name="*", group=BULK)
@dataclass(kw_only=True, frozen=True)
class BulkOptions(ReadingOptions):
    """How large sets are read and written."""

    keep_samples: Annotated[
        bool, Parameter(help="Also write samples.parquet: span, key, verdict.", negative=())
    ] = False
    memory_limit: Annotated[
        str | None, Parameter(help="For tallies, e.g. 8G; beyond it they go to disk.")
    ] = None
    spill: Annotated[Path | None, Parameter(help="The folder for that.")] = None
    engine: Annotated[
        Literal["local", "ray"],
        Parameter(
            help="Where the work is done. local: on all cores, or in as many threads as the "
            "environment variable RAYON_NUM_THREADS says."
        ),
    ] = "local"
    ray_address: Annotated[
        str | None, Parameter(help="A running Ray cluster; by default one is started here.")
    ] = None


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class StudyOptions(ReadingOptions):
    """How the samples of a study are read."""

    models: Annotated[Names | None, Parameter(help="Pool order; default as recorded.")] = None
    profile: Annotated[
        Profile | None, Parameter(help="Rules of answers: canonical (default) or paper.")
    ] = None


@Parameter(name="*", group=SYMPY)
@dataclass(kw_only=True, frozen=True)
class SympyOptions:
    """How SymPy is asked for what text, key and leniency leave open."""

    sympy: Annotated[bool, Parameter(help="Ask SymPy, in processes of its own.")] = True
    timeout: Annotated[float, Parameter(help="Seconds per answer; then it is killed.")] = 5.0
    memory: Annotated[int, Parameter(help="MiB per process, where the system bounds it.")] = 1024


@Parameter(name="*", group=JUDGE)
@dataclass(kw_only=True, frozen=True)
class JudgeOptions:
    """Which language model is asked for what is still open, and how."""

    judge: Annotated[
        str | None,
        Parameter(help="API model id. Asked once per pair of keys, only what is undecided."),
    ] = None
    judge_provider: Annotated[
        str, Parameter(help="together, openai, openrouter, groq, fireworks, vllm, local, ...")
    ] = "together"
    base_url: Annotated[str | None, Parameter(help="An OpenAI-compatible endpoint instead.")] = None
    api_key_env: Annotated[
        str | None, Parameter(help="Environment variable that holds the key.")
    ] = None
    judge_all: Annotated[
        bool,
        Parameter(
            help="Also ask about answers found incorrect, as the published checkers do.",
            negative=(),
        ),
    ] = False
    judge_max_tokens: Annotated[
        Positive, Parameter(help="Per reply: one word, after what a reasoning model thinks.")
    ] = 2048
    judge_price: Annotated[
        tuple[float, float] | None,
        Parameter(
            help="US dollars per million prompt and completion tokens: 0.15 0.6.", negative=()
        ),
    ] = None
    judge_cache: Annotated[
        Path | None, Parameter(help="Where replies are kept across runs (SQLite).")
    ] = None
    concurrency: Annotated[
        Positive, Parameter(alias="--num-workers", help="Requests in flight.")
    ] = 16
