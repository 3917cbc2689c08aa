"""Who is asked for what text, key and leniency leave open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options import JUDGE, SYMPY
from slm_mux.cli.options.arguments import Positive


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
