"""The seed that a sample is asked with."""

from __future__ import annotations

from hashlib import blake2b

_BITS_31 = 0x7FFFFFFF


def sample_seed(seed: int, problem_id: str, member: str, index: int) -> int:
    """A seed in 0..2^31-1, the same on every machine, different from sample to sample.

    31 bits, because servers disagree about the sign of longer ones. The member's name takes
    part, so that the same weights under two names do not draw the same samples.
    """
    text = f"{seed}\0{index}\0{problem_id}\0{member}"
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") & _BITS_31
