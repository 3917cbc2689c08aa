"""What this machine has to give: memory and threads."""

from __future__ import annotations

import os


def machine_memory() -> int:
    """The bytes of memory this machine has; 8 GiB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 << 30


def machine_threads() -> int:
    """As many as `RAYON_NUM_THREADS` says, or the machine has cores."""
    wanted = os.environ.get("RAYON_NUM_THREADS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else os.cpu_count() or 1
