"""The portable format of Roaring bitmaps (github.com/RoaringBitmap/RoaringFormatSpec)."""

from __future__ import annotations

import struct

_COOKIE, _COOKIE_NO_RUN, _NO_OFFSETS, _ARRAY = 12347, 12346, 4, 4096


def members_of(bitmap: bytes) -> set[int]:
    """The members of a serialized set."""
    (cookie,) = struct.unpack_from("<I", bitmap)
    if cookie & 0xFFFF == _COOKIE:
        size, at = (cookie >> 16) + 1, 4
        runs = bitmap[at : at + (size + 7) // 8]
        at += len(runs)
    else:
        assert cookie == _COOKIE_NO_RUN
        (size,) = struct.unpack_from("<I", bitmap, 4)
        runs, at = bytes((size + 7) // 8), 8
    heads = [struct.unpack_from("<HH", bitmap, at + 4 * n) for n in range(size)]
    at += 4 * size
    if cookie == _COOKIE_NO_RUN or size >= _NO_OFFSETS:
        at += 4 * size
    found: set[int] = set()
    for n, (high, count) in enumerate(heads):
        run = bool(runs[n // 8] >> n % 8 & 1)
        low, at = _container(bitmap, at, count + 1, run=run)
        found.update(high << 16 | member for member in low)
    assert at == len(bitmap)
    return found


def bitmap_of(members: set[int]) -> bytes:
    """A set of few members below 65,536, serialized."""
    low = sorted(members)
    head = struct.pack("<IIHHI", _COOKIE_NO_RUN, 1, 0, len(low) - 1, 16)
    return head + struct.pack(f"<{len(low)}H", *low)


def _container(bitmap: bytes, at: int, count: int, *, run: bool) -> tuple[list[int], int]:
    if run:
        (pairs,) = struct.unpack_from("<H", bitmap, at)
        flat = struct.unpack_from(f"<{2 * pairs}H", bitmap, at + 2)
        starts = zip(flat[::2], flat[1::2], strict=True)
        return [
            m for start, more in starts for m in range(start, start + more + 1)
        ], at + 2 + 4 * pairs
    if count <= _ARRAY:
        return list(struct.unpack_from(f"<{count}H", bitmap, at)), at + 2 * count
    words = bitmap[at : at + 8192]
    return [m for m in range(1 << 16) if words[m // 8] >> m % 8 & 1], at + 8192
