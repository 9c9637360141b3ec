"""The versions that are published, as whoever renders needs them: at hand for some seconds, ready as long as they live.

A look at which versions are in force is one small index scan for a shop, at most every `keep_seconds`; so a publish is
known to every worker within that time, with or without Redis. What a version says never changes, so it is read and
compiled once.
"""

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg

from tidings.kit.db import Begin, Scope
from tidings.kit.turns import Turns
from tidings.templates.editions import Edition, Layout

Editions = Mapping[str, Edition]
_NONE: Editions = {}
# Editions kept ready, over all shops: some hundred kB each at most.
_MOST_READY = 512

# Along uq_template_versions_published, which has those alone.
_PUBLISHED = """
SELECT milestone, id FROM template_versions WHERE storefront_id = $1 AND mode = $2 AND status = 'published'
"""
# By primary key.
_BODIES = """
SELECT id, milestone, version, wording, compiled FROM template_versions
WHERE storefront_id = $1 AND id = ANY($2::uuid[])
"""


class TemplateBook:
    """Looks up what is published, by storefront and mode."""

    def __init__(self, begin: Begin, *, keep_seconds: float = 2) -> None:
        self._begin = begin
        self._keep_seconds = keep_seconds
        self._kept: dict[Scope, tuple[float, Editions]] = {}
        self._ready: OrderedDict[UUID, Edition] = OrderedDict()
        self._turns = Turns()

    async def of(self, scope: Scope, milestone: str) -> Edition | None:
        """The shop's own version of a milestone's wording; None where the built-in one is in force."""
        until, editions = self._kept.get(scope, (0.0, _NONE))
        if time.monotonic() >= until:
            editions = await self._found(scope)
        return editions.get(milestone)

    async def _found(self, scope: Scope) -> Editions:
        async with self._turns.of(scope):
            until, editions = self._kept.get(scope, (0.0, _NONE))
            if time.monotonic() < until:
                return editions
            asked_at = time.monotonic()
            async with self._begin.statement() as connection:
                ids = await published(connection, scope)
                ready = await self._made_ready(connection, scope, ids.values())
            found = {milestone: ready[each] for milestone, each in ids.items()}
            self._kept[scope] = (asked_at + self._keep_seconds, found or _NONE)
            return found

    async def _made_ready(
        self, connection: asyncpg.Connection, scope: Scope, ids: Collection[UUID]
    ) -> Mapping[UUID, Edition]:
        # In hand before anything is waited for: another shop's may take their place meanwhile.
        ready = {each: self._ready[each] for each in ids if each in self._ready}
        missing = [each for each in ids if each not in ready]
        if missing:
            rows = await connection.fetch(_BODIES, scope.storefront_id, missing)
            ready |= {row["id"]: _edition(row) for row in rows}
        for each, edition in ready.items():
            self._ready[each] = edition
            self._ready.move_to_end(each)
        while len(self._ready) > _MOST_READY:
            self._ready.popitem(last=False)
        return ready


async def published(connection: asyncpg.Connection, scope: Scope) -> dict[str, UUID]:
    """Which versions are in force, by milestone."""
    rows = await connection.fetch(_PUBLISHED, scope.storefront_id, scope.mode)
    return {row["milestone"]: row["id"] for row in rows}


def _edition(row: asyncpg.Record) -> Edition:
    layout = None if row["compiled"] is None else Layout.of(row["compiled"])
    return Edition(row["milestone"], row["version"], row["wording"], layout)
