"""FastAPI and SQLAlchemy's ORM, as their documentation has it: a session for each request, one unit of work."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks.baselines.answers import answer, application
from benchmarks.baselines.models import Deadline, Event, IdempotencyKey, Message, Order, OrderLine, Outbox, Record
from benchmarks.baselines.surroundings import ALCHEMY_URL, MODE, STOREFRONT
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id
from tidings.orders.schemas import Order as OrderOut
from tidings.orders.schemas import PlaceOrder

app = application()
clock = SystemClock()
engine = create_async_engine(ALCHEMY_URL, pool_size=10, max_overflow=10)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def session_of() -> AsyncIterator[AsyncSession]:
    """One for each request."""
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(session_of)]


@app.post("/v1/orders", status_code=201)
async def place(body: PlaceOrder, session: SessionDep, idempotency_key: Annotated[str, Header()]) -> OrderOut:
    """Store an order and all that follows from it."""
    now, order_id, message_id, number = clock.now(), new_id(), new_id(), body.number or ""
    told = answer(body, order_id, number, now)
    fingerprint = hashlib.sha256(body.model_dump_json().encode()).digest()
    session.add(
        IdempotencyKey(
            storefront_id=STOREFRONT, mode=MODE, key=idempotency_key, fingerprint=fingerprint, status=201,
            order_id=order_id, created_at=now,
        )
    )  # fmt: skip
    order = _order(body, order_id, number, now)
    order.messages.append(_message(body, order_id, message_id, now))
    session.add(order)
    session.add_all(_consequences(body, told, message_id, now))
    try:
        await session.commit()
    except IntegrityError as taken:
        raise HTTPException(409, "this number or key is taken") from taken
    return told


def _order(body: PlaceOrder, order_id: UUID, number: str, now: datetime) -> Order:
    customer, total, estimate = body.customer, body.total, body.estimated_delivery
    return Order(
        storefront_id=STOREFRONT, id=order_id, mode=MODE, number=number, status="received", on_hold=False, notify=True,
        received_at=now, placed_at=body.placed_at or now, updated_at=now, sales_channel=body.sales_channel,
        customer_email=customer.email, customer_phone=customer.phone, customer_name=customer.name,
        locale=customer.locale, time_zone="Europe/Berlin", total=total.amount, currency=total.currency,
        estimated_from=estimate.from_, estimated_to=estimate.to,
        details=body.model_dump(mode="json", by_alias=True, exclude={"number", "lines"}), missing=[],
        payment_check="pending", stock_check="pending", last_seq=1, version=1,
        lines=[
            OrderLine(
                line=n, sku=line.sku, name=line.name, quantity=line.quantity, unit_price=line.unit_price.amount,
                tax_rate=Decimal(line.tax_rate) if line.tax_rate else None, tax_category=line.tax_category,
                kind=line.kind or "product", warranty_months=line.warranty_months,
            )
            for n, line in enumerate(body.lines, start=1)
        ],
    )  # fmt: skip


def _message(body: PlaceOrder, order_id: UUID, message_id: UUID, now: datetime) -> Message:
    customer, subject = body.customer, f"ord_{order_id.hex}"
    plan = [{"channel": "sms", "to": customer.phone}, {"channel": "email", "to": customer.email}]
    return Message(
        id=message_id, mode=MODE, milestone="order_confirmation", subject=subject,
        dedupe_key=f"order_confirmation:{subject}:1", order_seq=1, status="pending", priority=10, plan=plan, step=0,
        channel="sms", recipient=customer.phone, attempts=0, tries=0, refused_by=[], locale=customer.locale,
        time_zone="Europe/Berlin", created_at=now, updated_at=now, valid_until=now + timedelta(hours=72),
        receipt_overdue=False,
    )  # fmt: skip


def _consequences(body: PlaceOrder, told: OrderOut, message_id: UUID, now: datetime) -> list[Any]:
    subject, order_id = told.id, UUID(hex=told.id.removeprefix("ord_"))
    data = {"status": "received", "sales_channel": body.sales_channel, "lines": len(body.lines), "order_seq": 1}
    return [
        Record(
            storefront_id=STOREFRONT, order_id=order_id, id=new_id(), mode=MODE, kind="order_placed", subject=subject,
            actor="benchmarks", at=now, data=data,
        ),
        Event(
            storefront_id=STOREFRONT, order_id=order_id, order_seq=1, id=new_id(), mode=MODE, kind="order_placed",
            actor="benchmarks", occurred_at=now, snapshot={"order": told.model_dump(mode="json", by_alias=True)},
        ),
        Outbox(
            storefront_id=STOREFRONT, id=message_id, mode=MODE, order_id=order_id, queue="sms", priority=10,
            lane="customer", order_seq=1,
        ),
        Deadline(
            storefront_id=STOREFRONT, order_id=order_id, id=new_id(), mode=MODE, kind="order_confirmation",
            dedupe_key=f"order_confirmation:{subject}:1", started_at=now, due_at=now + timedelta(hours=1),
        ),
    ]  # fmt: skip
