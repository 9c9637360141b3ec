"""What became of messages, by the version of the template that they were made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.ids import first_id_at
from tidings.reports.template_schemas import Ratings, ResponseTime, TemplateReport, VersionFigures

# Ids are made right after the instant that messages are owed from, by machines whose clocks may differ a little.
_MARGIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskedTemplates:
    """Which messages: those that were owed in this time; None asks for any."""

    since: datetime
    until: datetime
    milestone: str | None = None
    channel: str | None = None
    locale: str | None = None


# The range is found by ix_messages_storefront_id_mode_id, because ids are times; all else is joined on primary keys,
# attempts and feedback on unique ones. Replies are records of the message's order: they come only after it was made.
_FIGURES: Final = """
WITH told AS (
    SELECT m.storefront_id, m.order_id, m.id, m.milestone, m.created_at, c.channel, c.locale, c.version,
        m.complained_at IS NOT NULL AND m.channel = c.channel AS has_complained,
        m.opted_out_at IS NOT NULL AND m.channel = c.channel AS has_opted_out,
        m.channel = c.channel AND EXISTS (
            SELECT FROM records r
            WHERE r.storefront_id = m.storefront_id AND r.order_id = m.order_id AND r.id > m.id
              AND r.kind = 'reply.received' AND r.subject = 'msg_' || replace(m.id::text, '-', '')
        ) AS is_answered
    FROM messages m
    JOIN contents c ON c.storefront_id = m.storefront_id AND c.order_id = m.order_id AND c.message_id = m.id
    WHERE m.storefront_id = $1 AND m.mode = $2 AND m.id >= $3 AND m.id < $4
      AND m.created_at >= $5 AND m.created_at < $6
      AND ($7::text IS NULL OR m.milestone = $7) AND ($8::text IS NULL OR c.channel = $8)
      AND ($9::text IS NULL OR c.locale = $9)
),
tried AS (
    SELECT t.order_id, t.id, t.channel,
        bool_or(a.outcome = 'accepted' OR a.status IN ('accepted', 'sent', 'deferred', 'delivered', 'bounced'))
            AS taken,
        bool_or(a.status = 'delivered') AS arrived,
        bool_or(a.status IN ('accepted', 'sent', 'deferred')) AS under_way,
        bool_or(a.status IN ('failed', 'bounced')) AS refused,
        min(a.finished_at) FILTER (WHERE a.outcome = 'accepted' OR a.status IN ('accepted', 'sent', 'deferred',
            'delivered', 'bounced')) AS taken_at
    FROM told t
    JOIN attempts a
        ON a.storefront_id = t.storefront_id AND a.order_id = t.order_id AND a.message_id = t.id
        AND a.channel = t.channel
    GROUP BY t.order_id, t.id, t.channel
)
SELECT t.milestone, t.channel, t.locale, t.version, count(*) AS made,
    count(*) FILTER (WHERE w.taken) AS sent,
    count(*) FILTER (WHERE w.arrived) AS delivered,
    count(*) FILTER (WHERE w.refused AND NOT w.arrived AND NOT w.under_way) AS failed,
    count(*) FILTER (WHERE t.has_complained) AS complained,
    count(*) FILTER (WHERE t.has_opted_out) AS opted_out,
    count(*) FILTER (WHERE t.is_answered) AS replied,
    count(f.rating) AS rated, avg(f.rating)::float8 AS rating,
    percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY
        greatest(extract(epoch FROM w.taken_at - t.created_at), 0)::float8)
        -- The greater of nothing and 0 is 0.
        FILTER (WHERE w.taken_at IS NOT NULL) AS percentiles,
    max(greatest(extract(epoch FROM w.taken_at - t.created_at), 0)::float8) FILTER (WHERE w.taken_at IS NOT NULL)
        AS longest
FROM told t
LEFT JOIN tried w ON w.order_id = t.order_id AND w.id = t.id AND w.channel = t.channel
LEFT JOIN feedback f
    ON f.storefront_id = t.storefront_id AND f.order_id = t.order_id AND f.message_id = t.id AND f.channel = t.channel
GROUP BY t.milestone, t.channel, t.locale, t.version
ORDER BY t.milestone, t.channel, t.locale, t.version
"""


async def template_reports(tx: Tx, asked: AskedTemplates) -> list[TemplateReport]:
    """Count what became of messages of the transaction's storefront and mode, each version beside the one before."""
    rows = await tx.raw.fetch(
        _FIGURES,
        tx.scope.storefront_id,
        tx.scope.mode,
        first_id_at(asked.since - _MARGIN),
        first_id_at(asked.until + _MARGIN),
        asked.since,
        asked.until,
        asked.milestone,
        asked.channel,
        asked.locale,
    )
    return beside_the_one_before(rows)


def beside_the_one_before(rows: Sequence[asyncpg.Record]) -> list[TemplateReport]:
    """The rows, which are in the order of milestone, channel, locale and version, as the report tells them."""
    told: list[TemplateReport] = []
    last: tuple[Any, VersionFigures] | None = None
    for row in rows:
        figures, wording = _figures(row), (row["milestone"], row["channel"], row["locale"])
        before = last[1] if last is not None and last[0] == wording else None
        milestone, channel, locale = wording
        told.append(
            TemplateReport(
                milestone=milestone, channel=channel, locale=locale, before=before, **figures.model_dump(mode="python")
            )
        )
        last = (wording, figures)
    return told


_COUNTED: Final = ("version", "made", "sent", "delivered", "failed", "complained", "opted_out", "replied")


def _figures(row: asyncpg.Record) -> VersionFigures:
    p50, p90, p95, p99 = (_rounded(each) for each in row["percentiles"] or [None] * 4)
    return VersionFigures(
        **{name: row[name] for name in _COUNTED},
        ratings=Ratings(count=row["rated"], average=_rounded(row["rating"])),
        response_time=ResponseTime(p50=p50, p90=p90, p95=p95, p99=p99, max=_rounded(row["longest"])),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
