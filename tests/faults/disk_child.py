"""A process whose files may not grow beyond a size: appends until the disk refuses.

LOG LIMIT   prints, as JSON, the rows reported as done and the errors of those that were not
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from typing import Any

from sample_rows import make_row
from slm_mux.errors import LogError
from slm_mux.sampling.log import SampleLog


async def fill(log: SampleLog) -> dict[str, Any]:
    done: list[int] = []
    errors: list[str] = []

    async def append(index: int) -> None:
        try:
            await log.append([make_row(index, response="x" * 3000)])
        except LogError as error:
            errors.append(str(error))
        else:
            done.append(index)

    for first in range(0, 20, 4):
        await asyncio.gather(*(append(i) for i in range(first, first + 4)))
    return {"done": sorted(done), "errors": errors}


if __name__ == "__main__":
    path, limit = sys.argv[1], int(sys.argv[2])
    with SampleLog(path) as log:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        result = asyncio.run(fill(log))
    sys.stdout.write(json.dumps(result))
