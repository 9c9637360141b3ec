"""FastAPI and asyncpg: one hand-written statement for each request, over asyncpg's own pool."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Header, HTTPException, Request

from benchmarks.baselines.answers import answer, application
from benchmarks.baselines.surroundings import MODE, STOREFRONT, URL
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id
from tidings.orders.schemas import Order, PlaceOrder

clock = SystemClock()

STATEMENT = """
WITH keyed AS (
    INSERT INTO idempotency_keys (storefront_id, mode, key, fingerprint, status, order_id, created_at)
    VALUES ($1, $2, $5, $6, 201, $3, $4)
),
placed AS (
    INSERT INTO orders (storefront_id, id, mode, number, status, on_hold, notify, received_at, placed_at, updated_at,
                        sales_channel, customer_email, customer_phone, customer_name, locale, time_zone, total,
                        currency, estimated_from, estimated_to, details, missing, payment_check, stock_check, last_seq,
                        version)
    VALUES ($1, $3, $2, $7, 'received', false, true, $4, $8, $4, $9, $10, $11, $12, $13, 'Europe/Berlin', $14, $15,
            $16, $17, $18, '[]', 'pending', 'pending', 1, 1)
),
lines AS (
    INSERT INTO order_lines (storefront_id, order_id, line, sku, name, quantity, unit_price, tax_rate, tax_category,
                             kind, warranty_months)
    SELECT $1, $3, u.* FROM unnest($19::int[], $20::text[], $21::text[], $22::int[], $23::bigint[], $24::numeric[],
                                   $25::text[], $26::text[], $27::int[]) AS u
),
record AS (
    INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data)
    VALUES ($1, $3, $28, $2, 'order_placed', $29, 'benchmarks', $4, $30)
),
event AS (
    INSERT INTO events (storefront_id, order_id, order_seq, id, mode, kind, actor, occurred_at, snapshot)
    VALUES ($1, $3, 1, $31, $2, 'order_placed', 'benchmarks', $4, $32)
),
message AS (
    INSERT INTO messages (storefront_id, order_id, id, mode, milestone, subject, dedupe_key, order_seq, status,
                          priority, plan, step, channel, recipient, attempts, tries, refused_by, locale, time_zone,
                          created_at, updated_at, valid_until, receipt_overdue)
    VALUES ($1, $3, $33, $2, 'order_confirmation', $29, $34, 1, 'pending', 10, $35, 0, 'sms', $11, 0, 0, '[]', $13,
            'Europe/Berlin', $4, $4, $36, false)
),
work AS (
    INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq)
    VALUES ($1, $33, $2, $3, 'sms', 10, 'customer', 1)
)
INSERT INTO deadlines (storefront_id, order_id, id, mode, kind, dedupe_key, started_at, due_at)
VALUES ($1, $3, $37, $2, 'order_confirmation', $34, $4, $38)
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The pool lives as long as the application."""
    async with asyncpg.create_pool(URL) as pool:
        app.state.pool = pool
        yield


app = application()
app.router.lifespan_context = lifespan


@app.post("/v1/orders", status_code=201)
async def place(body: PlaceOrder, request: Request, idempotency_key: Annotated[str, Header()]) -> Order:
    """Store an order and all that follows from it."""
    now, order_id = clock.now(), new_id()
    told = answer(body, order_id, body.number or "", now)
    try:
        await request.app.state.pool.execute(STATEMENT, *_arguments(body, told, order_id, idempotency_key, now))
    except asyncpg.UniqueViolationError as taken:
        raise HTTPException(409, "this number or key is taken") from taken
    return told


def _arguments(body: PlaceOrder, told: Order, order_id: UUID, key: str, now: datetime) -> list[Any]:
    customer, total, estimate, lines = body.customer, body.total, body.estimated_delivery, body.lines
    subject = f"ord_{order_id.hex}"
    plan = [{"channel": "sms", "to": customer.phone}, {"channel": "email", "to": customer.email}]
    data = {"status": "received", "sales_channel": body.sales_channel, "lines": len(lines), "order_seq": 1}
    return [
        STOREFRONT, MODE, order_id, now, key, hashlib.sha256(body.model_dump_json().encode()).digest(), told.number,
        body.placed_at or now, body.sales_channel, customer.email, customer.phone, customer.name, customer.locale,
        total.amount, total.currency, estimate.from_, estimate.to,
        body.model_dump_json(by_alias=True, exclude={"number", "lines"}),
        list(range(1, len(lines) + 1)), [line.sku for line in lines], [line.name for line in lines],
        [line.quantity for line in lines], [line.unit_price.amount for line in lines],
        [Decimal(line.tax_rate) if line.tax_rate else None for line in lines], [line.tax_category for line in lines],
        [line.kind or "product" for line in lines], [line.warranty_months for line in lines],
        new_id(), subject, json.dumps(data), new_id(), f'{{"order":{told.model_dump_json(by_alias=True)}}}', new_id(),
        f"order_confirmation:{subject}:1", json.dumps(plan), now + timedelta(hours=72), new_id(),
        now + timedelta(hours=1),
    ]  # fmt: skip
