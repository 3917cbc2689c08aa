"""What is asked of whom, how often, and when that stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options import POOL, SAMPLING
from slm_mux.cli.options.arguments import Dollars, Names, Positive
from slm_mux.types import Kind, Latency, Stop


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
