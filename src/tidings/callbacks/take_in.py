"""Takes in the events of one callback; once this returns, they are committed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from tidings.callbacks.incoming import Incoming, Origin, incoming
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.receive import receive
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.scope import Scope

log = structlog.get_logger(__name__)

# Providers repeat a callback seldom or never, so a deadlock with the worker is our own to solve.
_TRIES: Final = 4
_AGAIN: Final = frozenset({"40001", "40P01"})
# Data exceptions and violated constraints: one event that the database does not take.
_REFUSALS: Final = ("22", "23")


async def take_in(begin: Begin, origin: Origin, events: Sequence[ProviderEvent], *, now: datetime) -> list[Incoming]:
    """Keep these events and let everything follow from them.

    An event that the database refuses is left aside, and the others are taken one by one.

    Returns:
        The events that were news.
    """
    these = [incoming(origin, event, now) for event in events]
    try:
        return await _together(begin, origin, these, now)
    except (DBAPIError, asyncpg.PostgresError) as error:
        if not sqlstate(error).startswith(_REFUSALS):
            raise
        if len(these) == 1:
            return await _aside(begin, origin, these[0], now, error)
    return [news for event in events for news in await take_in(begin, origin, [event], now=now)]


async def _together(begin: Begin, origin: Origin, these: Sequence[Incoming], now: datetime) -> list[Incoming]:
    for last_try in (*[False] * (_TRIES - 1), True):
        try:
            async with begin(Scope(origin.storefront_id, origin.mode)) as tx:
                return await receive(tx, these, now=now)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if last_try or sqlstate(error) not in _AGAIN:
                raise
    raise AssertionError


async def _aside(begin: Begin, origin: Origin, one: Incoming, now: datetime, error: Exception) -> list[Incoming]:
    """What cannot be applied is a bug of ours: it is logged, and kept as far as it can be."""
    log.error("callback.event_refused", connection=wire("con", origin.connection_id), sqlstate=sqlstate(error))
    bare = incoming(origin, ProviderEvent(one.event.key, "ignored", "refused by the database"), now)
    return await _together(begin, origin, [bare], now)


def sqlstate(error: Exception) -> str:
    """Postgres's code for an error, whichever library tells of it; empty when it has none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")
