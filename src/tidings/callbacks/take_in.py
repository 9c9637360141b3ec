"""Takes in the events of callbacks; once this returns, they are committed."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from tidings.kit.outage import is_database_away, is_of_the_moment, sqlstate

log = structlog.get_logger(__name__)

# Providers repeat a callback seldom or never, so a deadlock with the worker is our own to solve.
_TRIES: Final = 4
# Data exceptions and violated constraints: one event that the database does not take.
_REFUSALS: Final = ("22", "23")


@dataclass(frozen=True, slots=True)
class TakeIn:
    """What one callback says."""

    origin: Origin
    events: Sequence[ProviderEvent]
    received_at: datetime

    def incoming(self) -> list[Incoming]:
        """Its events as they are kept."""
        return [incoming(self.origin, event, self.received_at) for event in self.events]


# What was news in a callback; or why nothing of it was kept, which is nobody else's trouble.
Taken = list[Incoming] | Exception


async def take_in_many(commands: Sequence[TakeIn], *, begin: Begin, now: datetime) -> list[Taken]:
    """Keep what these callbacks say and let everything follow from it, in one transaction.

    One that fails, fails alone; all fail only when the database is away.

    Returns:
        For each, in the order given, the events that were news; or the exception that stopped it.
    """
    callbacks = [command.incoming() for command in commands]
    try:
        fresh = set(map(id, await _together(begin, callbacks, now)))
    except Exception as error:
        if is_database_away(error):
            raise
        return [await _alone(command, begin, now) for command in commands]
    return [[one for one in callback if id(one) in fresh] for callback in callbacks]


async def _alone(command: TakeIn, begin: Begin, now: datetime) -> Taken:
    try:
        return await _by_itself(command, begin, now)
    except Exception as error:
        if is_database_away(error):
            raise
        return error


async def take_in(begin: Begin, origin: Origin, events: Sequence[ProviderEvent], *, now: datetime) -> list[Incoming]:
    """The same for one callback, which has just come in.

    An event that the database refuses is left aside, and the others are taken one by one.
    """
    return await _by_itself(TakeIn(origin, events, now), begin, now)


async def _by_itself(command: TakeIn, begin: Begin, now: datetime) -> list[Incoming]:
    these = command.incoming()
    try:
        return await _together(begin, [these], now)
    except (DBAPIError, asyncpg.PostgresError) as error:
        if not sqlstate(error).startswith(_REFUSALS):
            raise
        if len(these) == 1:
            return await _aside(begin, these[0], now, error)
    singles = [TakeIn(command.origin, [event], command.received_at) for event in command.events]
    return [news for single in singles for news in await _by_itself(single, begin, now)]


async def _together(begin: Begin, callbacks: Sequence[Sequence[Incoming]], now: datetime) -> list[Incoming]:
    for last_try in (*[False] * (_TRIES - 1), True):
        try:
            async with begin.across() as tx:
                return await receive(tx, callbacks, now=now)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if last_try or not is_of_the_moment(error):
                raise
    raise AssertionError


async def _aside(begin: Begin, one: Incoming, now: datetime, error: Exception) -> list[Incoming]:
    """What cannot be applied is a bug of ours: it is logged, and kept as far as it can be."""
    log.error("callback.event_refused", connection=wire("con", one.origin.connection_id), sqlstate=sqlstate(error))
    bare = incoming(one.origin, ProviderEvent(one.event.key, "ignored", "refused by the database"), one.received_at)
    return await _together(begin, [[bare]], now)
