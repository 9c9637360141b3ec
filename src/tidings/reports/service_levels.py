"""How well promises to customers were kept: by kind, channel and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.ids import first_id_at
from tidings.milestones.table import TABLE, Milestone
from tidings.reports.business_clock import BusinessClock
from tidings.reports.schemas import Group, Period, ServiceLevel, TimeTaken

# Ids are made right after the instant that clocks start at, by machines whose clocks may differ a little.
_MARGIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which promises: those whose clock started in this time."""

    since: datetime
    until: datetime
    period: Period
    group: Group
    # Periods begin and end by the shop's own clock.
    time_zone: str


# The range is found by the primary key, because ids are times: no index is kept for reports alone. The channel is
# looked up only when it is asked for.
_LEVELS: Final = """
WITH clock AS (SELECT $8::timestamptz[] AS begins, $9::float8[] AS lasts, $10::float8[] AS before),
promised AS (
    SELECT d.kind, {channel} AS channel, d.started_at, d.due_at, d.met_at,
        d.met_at IS NULL AND d.cancelled_at IS NULL AS is_open,
        -- What is cancelled after its time was missed all the same.
        d.missed_at IS NOT NULL OR d.due_at < coalesce(d.cancelled_at, $12) AS is_over,
        CASE WHEN $6 = 'all' THEN NULL ELSE date_trunc($6, d.started_at AT TIME ZONE $7)::date END AS period,
        width_bucket(d.started_at, c.begins) AS first, width_bucket(d.met_at, c.begins) AS last
    FROM deadlines d CROSS JOIN clock c {joins}
    WHERE d.storefront_id = $1 AND d.mode = $2 AND d.id >= $3 AND d.started_at >= $4 AND d.started_at < $5
),
timed AS (
    SELECT p.*, CASE
        WHEN p.met_at IS NULL THEN NULL
        WHEN p.kind = ANY ($11::text[]) THEN greatest(extract(epoch FROM p.met_at - p.started_at) / 60, 0)
        ELSE greatest(
            CASE WHEN p.last = 0 THEN 0 ELSE c.before[p.last]
                + least(extract(epoch FROM p.met_at - c.begins[p.last]) / 60, c.lasts[p.last]) END
            - CASE WHEN p.first = 0 THEN 0 ELSE c.before[p.first]
                + least(extract(epoch FROM p.started_at - c.begins[p.first]) / 60, c.lasts[p.first]) END, 0)
        END::float8 AS taken
    FROM promised p CROSS JOIN clock c
)
SELECT period, kind, channel, count(*) AS promised,
    count(*) FILTER (WHERE met_at <= due_at) AS kept,
    count(*) FILTER (WHERE met_at > due_at) AS late,
    count(*) FILTER (WHERE met_at IS NULL AND is_over) AS missed,
    count(*) FILTER (WHERE is_open AND NOT is_over) AS running,
    count(*) FILTER (WHERE met_at IS NULL AND NOT is_open AND NOT is_over) AS cancelled,
    percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY taken) AS percentiles,
    max(taken) AS longest
FROM timed GROUP BY period, kind, channel ORDER BY period, kind, channel
"""

_BY_KIND: Final = _LEVELS.format(channel="NULL::text", joins="")
# The message that has kept it; else the one that was to.
_BY_CHANNEL: Final = _LEVELS.format(
    channel="CASE WHEN d.met_by NOT LIKE 'msg\\_%' THEN 'staff' ELSE coalesce(k.channel, m.channel, 'none') END",
    joins="""
    LEFT JOIN messages m
        ON m.storefront_id = d.storefront_id AND m.order_id = d.order_id AND m.dedupe_key = d.dedupe_key
    LEFT JOIN messages k
        ON k.storefront_id = d.storefront_id AND k.order_id = d.order_id
        AND k.id = CASE WHEN d.met_by LIKE 'msg\\_%' THEN substr(d.met_by, 5)::uuid END
    """,
)

_ELAPSED: Final = [milestone for milestone, promise in TABLE.items() if promise.basis == "elapsed"]


async def service_levels(tx: Tx, asked: Asked, clock: BusinessClock, *, now: datetime) -> list[ServiceLevel]:
    """Count what became of the promises of the transaction's storefront and mode."""
    rows = await tx.raw.fetch(
        _BY_CHANNEL if asked.group == "channel" else _BY_KIND,
        tx.scope.storefront_id,
        tx.scope.mode,
        first_id_at(asked.since - _MARGIN),
        asked.since,
        asked.until,
        asked.period,
        asked.time_zone,
        clock.begins,
        clock.lasts,
        clock.before,
        _ELAPSED,
        now,
    )
    return [_level(row) for row in rows]


def _level(row: asyncpg.Record) -> ServiceLevel:
    known = row["kept"] + row["late"] + row["missed"]
    p50, p90, p95, p99 = _rounded(row["percentiles"] or [None] * 4)
    (longest,) = _rounded([row["longest"]])
    return ServiceLevel(
        period=row["period"],
        kind=row["kind"],
        channel=row["channel"],
        promised=row["promised"],
        kept=row["kept"],
        late=row["late"],
        missed=row["missed"],
        running=row["running"],
        cancelled=row["cancelled"],
        kept_share=round(row["kept"] / known, 4) if known else None,
        taken=TimeTaken(
            basis=TABLE[cast("Milestone", row["kind"])].basis, p50=p50, p90=p90, p95=p95, p99=p99, max=longest
        ),
    )


def _rounded(minutes: Sequence[float | None]) -> list[float | None]:
    """To a tenth of a second."""
    return [None if each is None else round(each, 3) for each in minutes]
