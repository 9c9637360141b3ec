"""Post the callbacks that are due, signed, over real HTTP: once each if all goes well, again and again if not.

A poster that dies lets its lease run out, and the callback is due again. What is posted twice carries the same id
twice, as with any provider.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from tidings.adapters.http import Http, HttpAnswer, HttpFailure, HttpRequest, HttpResponse
from tidings.adapters.retry_after import retry_after
from tidings.adapters.sandbox.claim import Claimed, Settled, claim, next_due, settle
from tidings.adapters.sandbox.prune import prune
from tidings.adapters.sandbox.wire import body_of, delivery_id, signed_headers
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.log import get_logger

log = get_logger()

# A connection by its id, decrypted; None when it is gone or its secrets cannot be opened.
ConnectionOf = Callable[[UUID], Awaitable[ConnectionConfig | None]]

STORE_TROUBLE = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# With the waits below, a callback is given up after some two hours and a half.
MOST_TRIES = 40
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=0.5), timedelta(minutes=5)
_DOUBLINGS = 10
_IDLE = timedelta(seconds=1)
_SUCCESS = range(200, 300)
_PRUNED_EVERY = timedelta(hours=1)


async def run_callbacks(begin: Begin, http: Http, connection_of: ConnectionOf, clock: Clock) -> None:
    """Post callbacks as they fall due, until cancelled, which may happen at any moment without harm."""
    prune_at = clock.now()
    while True:
        try:
            wait = await _until_due(begin, clock.now())
            if not wait:
                await post_due_callbacks(begin, http, connection_of, now=clock.now())
            if clock.now() >= prune_at:
                await prune(begin, now=clock.now())
                prune_at = clock.now() + _PRUNED_EVERY
        except* STORE_TROUBLE:
            log.warning("sandbox.store_unavailable", exc_info=True)
            wait = _IDLE
        await asyncio.sleep(wait.total_seconds())


async def post_due_callbacks(begin: Begin, http: Http, connection_of: ConnectionOf, *, now: datetime) -> int:
    """Post what is due, one body per connection; answers how many callbacks there were."""
    async with begin.across() as tx:
        claimed = await claim(tx, now=now)
    batches: dict[tuple[UUID, str], list[Claimed]] = defaultdict(list)
    for each in claimed:
        batches[each.connection_id, each.url].append(each)
    async with asyncio.TaskGroup() as posting:
        posts = [posting.create_task(_post(batch, http, connection_of, now)) for batch in batches.values()]
    settled = [each for post in posts for each in post.result()]
    if settled:
        async with begin.across() as tx:
            await settle(tx, settled)
    return len(settled)


async def _until_due(begin: Begin, now: datetime) -> timedelta:
    async with begin.statement() as connection:
        due = await next_due(connection)
    return _IDLE if due is None else min(max(due - now, timedelta()), _IDLE)


async def _post(batch: Sequence[Claimed], http: Http, connection_of: ConnectionOf, now: datetime) -> Sequence[Settled]:
    """Post one connection's events in one body. Every way that this can go wrong is an answer to keep."""
    answer = await _answer(batch, http, await connection_of(batch[0].connection_id), now)
    _log_refusal(batch, answer)
    return [_settled(each, answer, now) for each in batch]


async def _answer(
    batch: Sequence[Claimed], http: Http, connection: ConnectionConfig | None, now: datetime
) -> HttpAnswer:
    if connection is None:
        return HttpFailure("the connection is gone, or its secrets cannot be opened", processed="no")
    callbacks = [each.callback for each in batch]
    webhook_id, body = delivery_id(callbacks), body_of(callbacks)
    try:
        headers = signed_headers(webhook_id, body, connection.secrets.get("signing_secret", ""), now)
    except ValueError:
        return HttpFailure("the connection has no signing secret", processed="no")
    return await http.send(HttpRequest("POST", batch[0].url, headers, body))


def _log_refusal(batch: Sequence[Claimed], answer: HttpAnswer) -> None:
    """The first refusal and the last are news; those between are only counted."""
    tries = max(each.tries for each in batch)
    if not _is_taken(answer) and tries in {1, MOST_TRIES}:
        status = answer.status if isinstance(answer, HttpResponse) else None
        log.warning(
            "sandbox.callback_refused",
            connection_id=batch[0].connection_id,
            status_code=status,
            count=len(batch),
            tries=tries,
        )


def _is_taken(answer: HttpAnswer) -> bool:
    return isinstance(answer, HttpResponse) and answer.status in _SUCCESS


def _settled(claimed: Claimed, answer: HttpAnswer, now: datetime) -> Settled:
    words = f"{answer.status}" if isinstance(answer, HttpResponse) else answer.reason
    if _is_taken(answer):
        return Settled(claimed, words, now, None)
    if claimed.tries >= MOST_TRIES:
        return Settled(claimed, f"given up: {words}", None, None)
    asked = retry_after(answer.headers, now) if isinstance(answer, HttpResponse) else None
    return Settled(claimed, words, None, now + (asked or wait_after(claimed.tries)))


def wait_after(tries: int) -> timedelta:
    """Half a second after the first refusal, then twice as long each time, five minutes at most."""
    return min(_FIRST_WAIT * (1 << min(tries - 1, _DOUBLINGS)), _LONGEST_WAIT)
