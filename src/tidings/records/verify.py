"""Proves that nothing was changed, removed, reordered or inserted since it was sealed, or says what was, and where.

Everything is computed anew from the rows, under one snapshot: leaves, nodes, roots, the chain of heads, and what an
outside party holds of them. Read in batches by index; records are sealed, and written, meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from tidings.kit.db import Begin, Tx
from tidings.kit.scope import Scope
from tidings.kit.stretches import let_others_in
from tidings.records.canon import SEALED_COLUMNS
from tidings.records.checking import Checking
from tidings.records.findings import Findings, Verification
from tidings.records.head_queries import heads_after, keys_of, last_head
from tidings.records.heads import SignedHead
from tidings.records.judge_heads import Judge, judge_held, notes_on_keys
from tidings.records.leftovers import check_log, check_numbers, check_strangers, check_tiles
from tidings.records.prune import pruned_spans

_BATCH: Final = 1000

# Positions and records each by primary key.
_SEALS: Final = f"""
SELECT s.position, s.order_id AS sealed_order_id, s.number, s.record_id, s.leaf, {SEALED_COLUMNS}
FROM record_seals s
LEFT JOIN records r ON r.storefront_id = s.storefront_id AND r.order_id = s.order_id AND r.id = s.record_id
WHERE s.storefront_id = $1 AND s.position >= $2 ORDER BY s.position LIMIT $3
"""  # noqa: S608 - the columns are our own


class _Seals:
    """The seals in their order, read some at a time."""

    def __init__(self, tx: Tx, storefront_id: UUID) -> None:
        self._tx = tx
        self._storefront_id = storefront_id
        self._rows: Sequence[asyncpg.Record] = ()
        self._next = 0
        self._from = 0

    async def before(self, size: int) -> Sequence[asyncpg.Record]:
        """Some of those that come next and stand before this size; none when there is none."""
        if self._next == len(self._rows):
            self._rows = await self._tx.raw.fetch(_SEALS, self._storefront_id, self._from, _BATCH)
            self._next = 0
            if self._rows:
                self._from = self._rows[-1]["position"] + 1
        start = self._next
        while self._next < len(self._rows) and self._rows[self._next]["position"] < size:
            self._next += 1
        return self._rows[start : self._next]


async def verify_records(begin: Begin, scope: Scope, *, held: Sequence[SignedHead] = (), now: datetime) -> Verification:
    """Verify all records of a storefront, in both modes.

    Args:
        begin: reads only.
        scope: whose records.
        held: heads that somebody outside was given, to be agreed with.
        now: told in the answer.
    """
    async with begin.reading(scope) as tx:
        return await verified(tx, scope.storefront_id, held, now)


async def verified(tx: Tx, storefront_id: UUID, held: Sequence[SignedHead], now: datetime) -> Verification:
    """The same in an open transaction, which should see one snapshot."""
    # Counting what is there takes longer than a request's statement may.
    await tx.raw.execute("SELECT set_config('statement_timeout', '10min', true)")
    findings = Findings()
    keys = await keys_of(tx, storefront_id)
    agreed = await judge_held(tx, storefront_id, held, keys, findings)
    checking = Checking(
        storefront_id=storefront_id,
        pruned_spans=await pruned_spans(tx, storefront_id),
        held={each.head.size: each.head for each in agreed.within},
        findings=findings,
    )
    judge = Judge(keys, agreed, findings)
    await _walk(tx, checking, judge)
    await check_tiles(tx, storefront_id, checking)
    await check_numbers(tx, storefront_id, findings)
    cursor = await check_log(tx, storefront_id, checking, judge.last)
    unsealed = await check_strangers(tx, storefront_id, checking, cursor)
    return Verification(
        storefront_id=storefront_id,
        at=now,
        size=checking.frontier.size,
        pruned=checking.pruned,
        unsealed=unsealed,
        head=await last_head(tx, storefront_id),
        findings=tuple(findings.told),
        counts=dict(findings.counts),
        notes=tuple(notes_on_keys(storefront_id, keys)),
    )


async def _walk(tx: Tx, checking: Checking, judge: Judge) -> None:
    """Over all heads, and the seals under each."""
    seals = _Seals(tx, checking.storefront_id)
    sequence = 0
    while page := await heads_after(tx, checking.storefront_id, sequence, _BATCH):
        for signed, marks in page:
            sequence = signed.head.sequence
            if not judge.admits(signed, checking.frontier.size):
                continue
            checking.witness(marks, signed.head.size)
            await _take(checking, seals, signed.head.size)
            checking.close(signed)
    await _beyond(checking, seals, judge)


async def _take(checking: Checking, seals: _Seals, size: int) -> None:
    while rows := await seals.before(size):
        for row in rows:
            checking.take(row)
        await let_others_in(len(rows))
    checking.end_at(size)


async def _beyond(checking: Checking, seals: _Seals, judge: Judge) -> None:
    """Seals that no head knows of."""
    checking.witness(b"", 0)
    first = checking.frontier.size
    while rows := await seals.before(1 << 62):
        for row in rows:
            checking.take(row)
    judge.blame_beyond(first, checking.frontier.size)
