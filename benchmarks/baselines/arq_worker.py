"""arq as its documentation has it: one job for each message; SQLAlchemy's ORM and httpx, each opened at start-up.

Run by `arq benchmarks.baselines.arq_worker.WorkerSettings`.
"""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import httpx
from arq.connections import RedisSettings
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.baselines.models import Attempt, Content, Deadline, Event, Message, Record
from benchmarks.baselines.sending import CLOCK, Desk, Telling
from benchmarks.baselines.surroundings import ALCHEMY_URL, CONNECTION, MODE, REDIS_SOCKET, STOREFRONT
from tidings.kit.ids import new_id
from tidings.templates.messages import Rendered

_PATIENCE = timedelta(hours=72)


async def deliver(ctx: dict[str, Any], order_id: str, message_id: str) -> None:
    """Send one message, and write down what became of it."""
    desk: Desk = ctx["desk"]
    async with ctx["sessions"]() as session:
        message = await session.get_one(Message, (STOREFRONT, UUID(order_id), UUID(message_id)))
        event = await session.get_one(Event, (STOREFRONT, message.order_id, message.order_seq))
        telling = Telling(
            message.order_id, message.id, new_id(), message.milestone, message.locale, message.time_zone,
            message.recipient, message.valid_until, event.snapshot,
        )  # fmt: skip
        worded, started_at = desk.worded(telling), CLOCK.now()
        asked = desk.request(telling, worded.text)
        answer = await ctx["http"].post(asked.url, headers=asked.headers, content=asked.body)
        answer.raise_for_status()
        attempt = _attempt(telling, answer.json()["sid"])
        attempt.started_at = started_at
        session.add_all([attempt, _content(telling, worded), _record(telling)])
        await _settle(session, message)
        await session.commit()


async def _settle(session: AsyncSession, message: Message) -> None:
    now = CLOCK.now()
    message.status, message.reason, message.attempts = "sent", "accepted by the provider", 1
    message.sent_at, message.updated_at, message.receipt_due_at = now, now, now + _PATIENCE
    clock = await session.scalar(
        select(Deadline).where(
            Deadline.storefront_id == STOREFRONT,
            Deadline.order_id == message.order_id,
            Deadline.dedupe_key == message.dedupe_key,
        )
    )
    if clock is not None and clock.met_at is None:
        clock.met_at, clock.met_by = now, f"msg_{message.id.hex}"


def _attempt(telling: Telling, sid: str) -> Attempt:
    return Attempt(
        storefront_id=STOREFRONT, order_id=telling.order_id, id=telling.attempt_id, message_id=telling.message_id,
        number=1, connection_id=CONNECTION, connection="sms", provider="twilio", channel="sms",
        recipient=telling.recipient, status="accepted", outcome="accepted", provider_message_id=sid,
        finished_at=CLOCK.now(),
    )  # fmt: skip


def _content(telling: Telling, worded: Rendered) -> Content:
    return Content(
        storefront_id=STOREFRONT, order_id=telling.order_id, message_id=telling.message_id, channel="sms",
        template=worded.template, version=worded.version, locale=worded.locale, text=worded.text,
        extras=dict(worded.extras), rendered_at=CLOCK.now(),
    )  # fmt: skip


def _record(telling: Telling) -> Record:
    data = {"milestone": telling.milestone, "channel": "sms", "outcome": "accepted", "next": "Done"}
    return Record(
        storefront_id=STOREFRONT, order_id=telling.order_id, id=new_id(), mode=MODE, kind="attempt.settled",
        subject=f"att_{telling.attempt_id.hex}", actor="system", at=CLOCK.now(), data=data,
    )  # fmt: skip


async def startup(ctx: dict[str, Any]) -> None:
    """Open what all jobs share."""
    ctx["engine"] = create_async_engine(ALCHEMY_URL, pool_size=10)
    ctx["sessions"] = async_sessionmaker(ctx["engine"], expire_on_commit=False)
    ctx["http"] = httpx.AsyncClient(timeout=20)
    ctx["desk"] = await Desk.open()


async def shutdown(ctx: dict[str, Any]) -> None:
    """Close it."""
    await ctx["http"].aclose()
    await ctx["engine"].dispose()


class WorkerSettings:
    """arq's defaults but for where Redis is."""

    functions: ClassVar = [deliver]
    on_startup = startup
    on_shutdown = shutdown
    redis_settings = RedisSettings(unix_socket_path=REDIS_SOCKET)
