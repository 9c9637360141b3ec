"""pgqueuer as its documentation has it, tuned as its guide says: batches of 100, a connection of its own for the queue.

One job for each message; the same send as tidings' own; two statements over asyncpg's pool. Run by
`python -m benchmarks.baselines.pgqueuer_worker sending|idle`, the latter's jobs being nothing; as the command line of
pgqueuer would (its `pgq run` does not start with this project's version of typer), on uvloop.
"""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Context, Job

from benchmarks.baselines.sending import CLOCK, Desk, Telling
from benchmarks.baselines.surroundings import CONNECTION, MODE, STOREFRONT, URL
from tidings.adapters.http import Http, HttpResponse
from tidings.kit.ids import new_id
from tidings.templates.messages import Rendered

READ = """
SELECT m.order_id, m.id, m.milestone, m.locale, m.time_zone, m.recipient, m.valid_until, e.snapshot
FROM messages m
JOIN events e ON e.storefront_id = m.storefront_id AND e.order_id = m.order_id AND e.order_seq = m.order_seq
WHERE m.storefront_id = $1 AND m.order_id = $2 AND m.id = $3
"""
WRITE = """
WITH attempt AS (
    INSERT INTO attempts (storefront_id, order_id, id, message_id, number, connection_id, connection, provider, channel,
                          recipient, status, outcome, provider_message_id, started_at, finished_at)
    VALUES ($1, $2, $4, $3, 1, $5, 'sms', 'twilio', 'sms', $6, 'accepted', 'accepted', $7, $8, $9)
),
content AS (
    INSERT INTO contents (storefront_id, order_id, message_id, channel, template, version, locale, text, extras,
                          rendered_at)
    VALUES ($1, $2, $3, 'sms', $10, $11, $12, $13, $14, $8)
),
record AS (
    INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data)
    VALUES ($1, $2, $15, $16, 'attempt.settled', $17, 'system', $9, $18)
),
met AS (
    UPDATE deadlines SET met_at = $9, met_by = $19
    WHERE storefront_id = $1 AND order_id = $2 AND dedupe_key = $20 AND met_at IS NULL
)
UPDATE messages SET status = 'sent', reason = 'accepted by the provider', attempts = 1, sent_at = $9, updated_at = $9,
                    receipt_due_at = $9 + interval '72 hours'
WHERE storefront_id = $1 AND order_id = $2 AND id = $3
"""


@asynccontextmanager
async def sending() -> AsyncGenerator[PgQueuer, None]:
    """The worker that sends."""
    async with asyncpg.create_pool(URL, min_size=10, max_size=50) as pool, Http() as http:
        connection = await asyncpg.connect(URL)
        worker = PgQueuer(AsyncpgDriver(connection), resources={"pool": pool, "http": http, "desk": await Desk.open()})
        worker.entrypoint("deliver", accepts_context=True)(deliver)
        yield worker


@asynccontextmanager
async def idle() -> AsyncGenerator[PgQueuer, None]:
    """The worker whose jobs are nothing."""
    connection = await asyncpg.connect(URL)
    worker = PgQueuer(AsyncpgDriver(connection))

    @worker.entrypoint("nothing")
    async def nothing(job: Job) -> None:
        """No send, no template."""

    yield worker


async def deliver(job: Job, context: Context) -> None:
    """Send one message, and write down what became of it."""
    pool, http, desk = (context.resources[name] for name in ("pool", "http", "desk"))
    order_id, message_id = json.loads(job.payload or b"[]")
    row = await pool.fetchrow(READ, STOREFRONT, UUID(order_id), UUID(message_id))
    telling = Telling(
        row["order_id"], row["id"], new_id(), row["milestone"], row["locale"], row["time_zone"], row["recipient"],
        row["valid_until"], row["snapshot"],
    )  # fmt: skip
    worded, started_at = desk.worded(telling), CLOCK.now()
    answer = await http.send(desk.request(telling, worded.text))
    if not isinstance(answer, HttpResponse) or answer.status != 201:
        message = f"not sent: {answer}"
        raise RuntimeError(message)
    await pool.execute(WRITE, *_arguments(telling, worded, answer.json()["sid"], started_at))


def _arguments(telling: Telling, worded: Rendered, sid: str, started_at: datetime) -> tuple[object, ...]:
    data = {"milestone": telling.milestone, "channel": "sms", "outcome": "accepted", "next": "Done"}
    return (
        STOREFRONT, telling.order_id, telling.message_id, telling.attempt_id, CONNECTION, telling.recipient, sid,
        started_at, CLOCK.now(), worded.template, worded.version, worded.locale, worded.text, json.dumps(worded.extras),
        new_id(), MODE, f"att_{telling.attempt_id.hex}", json.dumps(data), f"msg_{telling.message_id.hex}",
        f"{telling.milestone}:ord_{telling.order_id.hex}:1",
    )  # fmt: skip


async def main(kind: str) -> None:
    """Run until stopped."""
    async with {"sending": sending, "idle": idle}[kind]() as worker:
        print("working", flush=True)
        await worker.run(batch_size=100)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
