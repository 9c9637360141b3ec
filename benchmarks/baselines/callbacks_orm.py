"""FastAPI and SQLAlchemy's ORM: Twilio's callbacks, checked by Twilio's own package and applied in one unit of work.

The same rows as tidings writes: the callback as it came, the receipt, a line of the trail; attempt and message move on.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Depends, HTTPException, Request, Response
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload
from twilio.request_validator import RequestValidator

from benchmarks.baselines.answers import application
from benchmarks.baselines.models import Attempt, Inbox, Receipt, Record
from benchmarks.baselines.surroundings import ALCHEMY_URL, AUTH_TOKEN, CONNECTION, MODE, PUBLIC_URL, STOREFRONT
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id

app = application()
clock = SystemClock()
validator = RequestValidator(AUTH_TOKEN)
engine = create_async_engine(ALCHEMY_URL, pool_size=10, max_overflow=10)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def session_of() -> AsyncIterator[AsyncSession]:
    """One for each request."""
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(session_of)]


@app.post("/v1/callbacks/{connection_id}")
async def take(connection_id: str, a: str, request: Request, session: SessionDep) -> Response:
    """Verify, keep, apply."""
    fields = dict(parse_qsl((await request.body()).decode()))
    url = f"{PUBLIC_URL}{request.url.path}?{request.url.query}"
    if not validator.validate(url, fields, request.headers.get("x-twilio-signature", "")):
        raise HTTPException(403, "not signed")
    attempt = await session.scalar(_attempt_of(UUID(hex=a.removeprefix("att_"))))
    if attempt is None or connection_id != f"con_{CONNECTION.hex}":
        raise HTTPException(404, "unknown attempt")
    now = clock.now()
    session.add_all(_rows(attempt, fields, now))
    if fields["MessageStatus"] == "delivered":
        _move_on(attempt, now)
    try:
        await session.commit()
    except IntegrityError:
        # It was told before.
        await session.rollback()
    return Response(media_type="text/xml")


def _attempt_of(attempt_id: UUID) -> Any:
    """The attempt and its message, held until the commit."""
    return (
        select(Attempt)
        .where(Attempt.storefront_id == STOREFRONT, Attempt.id == attempt_id)
        .options(joinedload(Attempt.message, innerjoin=True))
        .with_for_update()
    )


def _rows(attempt: Attempt, fields: dict[str, str], now: datetime) -> list[Any]:
    status, sid = fields["MessageStatus"], fields["MessageSid"]
    key = f"{sid}:{status}"
    return [
        Inbox(
            storefront_id=STOREFRONT, connection_id=CONNECTION, event_key=key, event=fields, attempt_id=attempt.id,
            provider_message_id=sid, received_at=now, applied_at=now,
        ),
        Receipt(
            storefront_id=STOREFRONT, order_id=attempt.order_id, id=new_id(), message_id=attempt.message_id,
            attempt_id=attempt.id, status=status, provider_status=status, detail={}, at=now, received_at=now,
            event_key=key,
        ),
        Record(
            storefront_id=STOREFRONT, order_id=attempt.order_id, id=new_id(), mode=MODE, kind="receipt.received",
            subject=f"att_{attempt.id.hex}", actor="provider/twilio", at=now,
            data={"message": f"msg_{attempt.message_id.hex}", "channel": "sms", "status": status},
        ),
    ]  # fmt: skip


def _move_on(attempt: Attempt, now: datetime) -> None:
    message = attempt.message
    attempt.status = message.status = "delivered"
    message.reason, message.delivered_at, message.updated_at = "delivered, says the provider", now, now
    message.receipt_due_at = None
