"""The members of a pool as they are asked: endpoint, limits, and what has been learnt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from slm_mux.errors import PoolError
from slm_mux.sampling.endpoint import ChoiceCount, Endpoint, open_endpoint
from slm_mux.sampling.redact import Redactor, api_key, url_password
from slm_mux.types import Api, Member, Pool, Provider


@dataclass(slots=True)
class Asked:
    """One member, its place in the pool, and what is shared with others of its endpoint."""

    member: Member
    pool_index: int
    endpoint: Endpoint
    choice_count: ChoiceCount
    refused: bool = False

    @property
    def target(self) -> tuple[Provider, str, Api]:
        """What a server tells apart: members that share it stand or fall together."""
        return (self.member.provider, self.member.model, self.member.api)


def asked_members(pool: Pool, names: Iterable[str]) -> dict[str, Asked]:
    """The members of these names by name. Raises `PoolError` for a missing key or a bad URL."""
    wanted = set(names)
    endpoints: dict[tuple[Provider, Api], Endpoint] = {}
    counts: dict[tuple[str, str, Api], ChoiceCount] = {}
    found: dict[str, Asked] = {}
    for position, member in enumerate(pool.members):
        if member.name not in wanted:
            continue
        way = (member.provider, member.api)
        if way not in endpoints:
            endpoints[way] = open_endpoint(*way)
        model = (member.provider.base_url, member.model, member.api)
        count = counts.setdefault(model, ChoiceCount(member.provider.use_n))
        found[member.name] = Asked(member, position, endpoints[way], count)
    if missing := sorted(wanted - found.keys()):
        raise PoolError(f"{pool.source}: the plan asks for model {missing[0]!r}, add it")
    return found


def redactor(members: Iterable[Asked]) -> Redactor:
    """What keeps the keys and passwords of these members out of rows and messages."""
    secrets: list[str] = []
    for asked in members:
        provider = asked.member.provider
        secrets += [key] if (key := api_key(provider)) else []
        secrets += url_password(asked.endpoint.proxy) if asked.endpoint.proxy else []
    return Redactor(secrets)
