"""Claims messages to send, with all that is needed to send them, in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from tidings.delivery.ports import Content
from tidings.delivery.suppress import HASHED
from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.outbox.claim import CLAIMED, Route
from tidings.storefronts.kinds import Channel

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The newest attempt of a message that has been tried before."""

    id: UUID
    connection_id: UUID
    status: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in this worker's hands, until its lease runs out."""

    storefront_id: UUID
    order_id: UUID
    id: UUID
    token: UUID
    mode: Mode
    milestone: str
    dedupe_key: str
    priority: int
    plan: Sequence[Mapping[str, Any]]
    step: int
    channel: Channel
    recipient: str
    attempts: int
    tries: int
    refused_by: frozenset[str]
    locale: str
    time_zone: str
    created_at: datetime
    valid_until: datetime
    trace: str | None
    # JSON text of the fact's snapshot; parsed only if it must be rendered.
    snapshot: str
    # What was rendered for this channel before: the same on every retry.
    content: Content | None
    # Why the address must not be used, if so.
    suppressed: str | None
    last: LastAttempt | None
    # Of the content's digest, if there is content; None for what was rendered before there were salts.
    salt: bytes | None = None
    # Why it stood where it stood when it was claimed; None for what nothing has been decided about.
    reason: str | None = None

    @property
    def route(self) -> Route:
        """Where it goes out."""
        return Route(self.storefront_id, self.mode, self.channel)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, for how long (by the database's clock), and how much of each route."""

    owner: str
    token: UUID
    seconds: float
    quotas: Mapping[Route, int]
    # Only rows that lost this many leases before: (0, 1) ordinarily, (2, 2) for one claimed alone.
    lost: tuple[int, int] = (0, 1)


_ADDRESS = "CASE m.channel WHEN 'email' THEN lower(m.recipient) ELSE m.recipient END"

# Every join is on a primary key, or a unique one (suppressions: in clear, or as the digest that an erasure leaves).
_CLAIM = f"""
WITH {CLAIMED}
SELECT c.storefront_id, c.order_id, c.id, c.mode, m.milestone, m.dedupe_key, m.priority, m.plan, m.step, m.channel,
       m.recipient, m.attempts, m.tries, m.refused_by, m.locale, m.time_zone, m.created_at, m.valid_until, m.trace,
       m.reason,
       e.snapshot::text AS snapshot,
       k.text AS content_text, k.subject AS content_subject, k.html AS content_html, k.extras AS content_extras,
       k.salt,
       s.reason AS suppressed,
       a.id AS last_id, a.connection_id AS last_connection_id, a.status AS last_status, a.started_at AS last_started_at
FROM claimed c
JOIN messages m ON m.storefront_id = c.storefront_id AND m.order_id = c.order_id AND m.id = c.id
JOIN events e ON e.storefront_id = m.storefront_id AND e.order_id = m.order_id AND e.order_seq = m.order_seq
LEFT JOIN contents k
    ON k.storefront_id = m.storefront_id AND k.order_id = m.order_id AND k.message_id = m.id AND k.channel = m.channel
LEFT JOIN LATERAL (
    SELECT s.reason FROM suppressions s
    WHERE s.storefront_id = m.storefront_id AND s.mode = m.mode AND s.channel = m.channel
      AND s.address IN ({_ADDRESS}, {HASHED.format("m.storefront_id", _ADDRESS)})
      AND (s.ends_at IS NULL OR s.ends_at > now())
    ORDER BY s.id LIMIT 1
) s ON true
LEFT JOIN attempts a
    ON a.storefront_id = m.storefront_id AND a.order_id = m.order_id AND a.message_id = m.id AND a.number = m.attempts
ORDER BY m.priority, m.created_at
"""  # noqa: S608 - the fragment is our own


async def claim(connection: asyncpg.Connection, lease: Lease) -> list[Claimed]:
    """Take messages that are due, the most urgent of each route first; they are nobody else's while the lease runs."""
    routes = [(route, quota) for route, quota in lease.quotas.items() if quota > 0]
    rows = await connection.fetch(
        _CLAIM,
        [route.storefront_id for route, _ in routes],
        [route.mode for route, _ in routes],
        [route.queue for route, _ in routes],
        [quota for _, quota in routes],
        lease.seconds,
        lease.token,
        lease.owner,
        *lease.lost,
    )
    return [claimed for row in rows if (claimed := _readable(row, lease.token)) is not None]


_CARRIED = (
    "storefront_id", "order_id", "id", "mode", "milestone", "dedupe_key", "priority", "step", "channel", "recipient",
    "attempts", "tries", "locale", "time_zone", "created_at", "valid_until", "trace", "snapshot", "suppressed",
    "salt", "reason",
)  # fmt: skip


def _readable(row: asyncpg.Record, token: UUID) -> Claimed | None:
    """The message; one that cannot be read keeps its lease, comes under suspicion and is parked, and stops nobody."""
    try:
        return _claimed(row, token)
    except Exception as error:
        log.exception("message.unreadable", message=wire("msg", row["id"]), error=type(error).__name__)
        return None


def _claimed(row: asyncpg.Record, token: UUID) -> Claimed:
    return Claimed(
        **{name: row[name] for name in _CARRIED},
        token=token,
        plan=row["plan"],
        refused_by=frozenset(row["refused_by"]),
        content=_content(row),
        last=_last(row),
    )


def _content(row: asyncpg.Record) -> Content | None:
    if row["content_text"] is None:
        return None
    return Content(
        text=row["content_text"],
        subject=row["content_subject"],
        html=row["content_html"],
        extras=row["content_extras"],
    )


def _last(row: asyncpg.Record) -> LastAttempt | None:
    if row["last_id"] is None:
        return None
    return LastAttempt(row["last_id"], row["last_connection_id"], row["last_status"], row["last_started_at"])
