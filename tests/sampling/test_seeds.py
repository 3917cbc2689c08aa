"""The seeds of samples, and the shares of a usage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slm_mux.sampling.seeds import sample_seed
from slm_mux.store.usage import split_usage
from slm_mux.types import Usage


@given(st.integers(), st.text(), st.text(), st.integers(min_value=0))
def test_a_seed_has_31_bits_and_is_always_the_same(
    seed: int, problem: str, member: str, index: int
) -> None:
    found = sample_seed(seed, problem, member, index)
    assert 0 <= found < 2**31
    assert found == sample_seed(seed, problem, member, index)


def test_the_seed_does_not_change_between_versions() -> None:
    assert sample_seed(0, "p", "m", 0) == 2144393468


def test_seeds_differ_by_each_of_their_parts() -> None:
    seeds = {sample_seed(s, p, m, i) for s in (0, 1) for p in "ab" for m in "xy" for i in range(9)}
    assert len(seeds) == 2 * 2 * 2 * 9


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 50))
def test_the_shares_of_a_usage_add_up(prompt: int, completion: int, parts: int) -> None:
    usage = Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )
    shares = [share for share in split_usage(usage, parts) if share is not None]
    assert len(shares) == parts
    assert sum(share["prompt_tokens"] for share in shares) == prompt
    assert sum(share["completion_tokens"] for share in shares) == completion
    assert sum(share["total_tokens"] for share in shares) == prompt + completion
    assert max(s["prompt_tokens"] for s in shares) - min(s["prompt_tokens"] for s in shares) <= 1
