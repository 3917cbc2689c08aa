"""The local provider: llama.cpp servers inside this process, for as long as they are needed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, cast

from slm_mux.errors import PoolError
from slm_mux.pool.presets import LOCAL
from slm_mux.pool.weights import resolve
from slm_mux.types import Member, Pool, Provider

SLOTS = 4
"""How many answers one server writes at a time."""

PROMPT_TOKENS = 2048
"""Room for the prompt in each slot, beside the answer's `max_tokens`."""


PROMPT_CACHE_MIB = 256
"""Memory for prompts already read: members that take turns on a slot do not read them again."""


class LocalServers:
    """Servers for the `local` members of a pool; a context manager that gives a usable pool.

    One server runs per weights file, bound to loopback on a free port; members on the same
    weights share it. A pool without local members is given back as it is. Raises `PoolError`
    where the extra, the weights or a loadable file is missing.

        with LocalServers(pool) as ready:
            ...  # ready.members[i].provider.base_url is set
    """

    def __init__(self, pool: Pool, *, slots: int = SLOTS, threads: int | None = None) -> None:
        self._pool = pool
        self._slots = slots
        self._threads = threads
        self._servers: dict[Path, Any] = {}

    def __enter__(self) -> Pool:
        local = [member for member in self._pool.members if member.provider.name == LOCAL]
        if not local:
            return self._pool
        files = {member.name: resolve(member.model).resolve() for member in local}
        try:
            self._start(_room(local, files))
        except BaseException:
            self.close()
            raise
        members = (self._ready(member, files) for member in self._pool.members)
        return replace(self._pool, members=tuple(members))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop all servers; requests still under way are cut off."""
        while self._servers:
            _, server = self._servers.popitem()
            _hang_up(_port(server))
            del server  # its destructor stops it

    def _start(self, room: Mapping[Path, int]) -> None:
        library = _library()
        threads = self._threads or threads_each(len(room))
        for path, tokens in room.items():
            self._servers[path] = _serve(library, path, self._slots, tokens, threads)

    def _ready(self, member: Member, files: Mapping[str, Path]) -> Member:
        if member.name not in files:
            return member
        url = f"{self._servers[files[member.name]].listening_address}/v1"
        return replace(
            member, provider=_resolved(member.provider, files[member.name], url, self._slots)
        )


def _resolved(provider: Provider, path: Path, url: str, slots: int) -> Provider:
    return replace(
        provider,
        # Limits are kept per provider, so each server is one of its own.
        name=f"{LOCAL}:{path.stem}",
        base_url=url,
        max_concurrency=min(slots, provider.max_concurrency),
    )


def _room(local: Iterable[Member], files: Mapping[str, Path]) -> dict[Path, int]:
    """The tokens that a slot needs, per weights file: those of its most talkative member."""
    room: dict[Path, int] = {}
    for member in local:
        path = files[member.name]
        room[path] = max(room.get(path, 0), PROMPT_TOKENS + member.max_tokens)
    return room


def threads_each(servers: int) -> int:
    """Threads for each server, one core left free.

    llama.cpp works in lockstep: a thread that has to wait for a core holds up all the others.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, ((cores or 1) - 1) // servers)


def _library() -> ModuleType:
    try:
        import xllamacpp  # noqa: PLC0415  an extra, and slow to load
    except ImportError as error:
        raise PoolError(
            f"local models need an extra ({error}): run `pip install 'slm-mux[local]'`"
        ) from None
    return cast("ModuleType", xllamacpp)


def _serve(library: ModuleType, path: Path, slots: int, tokens: int, threads: int) -> Any:
    settings = library.CommonParams()
    settings.model.path = str(path)
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_parallel = slots
    settings.n_ctx = slots * tokens
    settings.cpuparams.n_threads = threads
    settings.cpuparams_batch.n_threads = threads
    settings.cache_ram_mib = PROMPT_CACHE_MIB
    settings.verbosity = 0
    settings.ui = False
    try:
        return library.Server(settings)
    except RuntimeError:
        raise PoolError(f"{path}: llama.cpp cannot load it: is it a whole GGUF file?") from None


def _port(server: Any) -> int:
    return int(server.listening_address.rpartition(":")[2])


def _hang_up(port: int) -> None:
    """Close the server's ends of connections that are still open.

    The server's destructor waits for the requests under way, holding the interpreter, while a
    client in this process may be waiting for the interpreter: neither would ever end.
    """
    for descriptor in _descriptors():
        try:
            with socket.socket(fileno=os.dup(descriptor)) as end:
                if end.family == socket.AF_INET and end.getsockname()[1] == port:
                    end.shutdown(socket.SHUT_RDWR)
        except OSError:  # no socket, a listening one, or closed by now
            continue


def _descriptors() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]  # noqa: PTH208  names are enough
    except OSError:  # Windows: sockets are not descriptors there
        return []
