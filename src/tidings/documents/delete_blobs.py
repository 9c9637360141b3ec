"""Deletes from a bucket what has no document any more: after the commit that took it away, until the bucket says so.

What is noted (note_blob.py) goes when it is due and its document is not there; from then on nobody can give it a row.
The note goes last: whoever is killed before has it done again, and deleting what is not there does no harm.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog

from tidings.documents.note_blob import Blob
from tidings.documents.ports import Store, StoreAway
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire

AT_ONCE: Final = 100
_SIDE_BY_SIDE: Final = 10
# A document whose file is not made yet: put already, or never, until its errand is done.
_AWAITED: Final = timedelta(days=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)

log = structlog.get_logger(__name__)

# Along ix_blobs_to_delete_store_due_at, both.
_LOOK: Final = "SELECT EXISTS (SELECT FROM blobs_to_delete WHERE store = $1 AND due_at <= now())"
_LOCK: Final = """
SELECT storefront_id, document_id FROM blobs_to_delete WHERE store = $1 AND due_at <= now()
ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

# By the keys of all three.
_JUDGE: Final = """
SELECT b.storefront_id, b.document_id, b.store, b.order_id, b.mode, b.tries, now() AS now,
       d.id IS NOT NULL AS is_issued, f.document_id IS NOT NULL AS is_kept
  FROM unnest($2::uuid[], $3::uuid[]) AS ours (storefront_id, document_id)
  JOIN blobs_to_delete b
    ON b.storefront_id = ours.storefront_id AND b.document_id = ours.document_id AND b.store = $1
  LEFT JOIN documents d
    ON d.storefront_id = b.storefront_id AND d.order_id = b.order_id AND d.id = b.document_id
  LEFT JOIN document_files f
    ON f.storefront_id = b.storefront_id AND f.order_id = b.order_id AND f.document_id = b.document_id
   AND f.store = b.store
 ORDER BY b.due_at, b.document_id
"""

_GIVEN: Final = (
    "unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS g (storefront_id, document_id, store, due_at)"
)
_SAME: Final = "b.storefront_id = g.storefront_id AND b.document_id = g.document_id AND b.store = g.store"

_PUT_OFF: Final = f"""
UPDATE blobs_to_delete b SET due_at = g.due_at, tries = least(b.tries + 1, 32000) FROM {_GIVEN} WHERE {_SAME}
"""  # noqa: S608 - statements of our own

# Whoever puts it at this moment (and will find no document) has noted it anew, and that note stays.
_FORGET: Final = f"""
DELETE FROM blobs_to_delete b USING {_GIVEN} WHERE {_SAME} AND b.due_at = g.due_at
"""  # noqa: S608 - statements of our own


class _Noted(NamedTuple):
    """Something that may be in the bucket."""

    blob: Blob
    tries: int
    # When it is looked at again, should nothing come of it now.
    due_at: datetime
    is_issued: bool
    is_kept: bool


async def run_deletions(begin: Begin, store: Store, *, every: timedelta) -> None:
    """Look again and again, until cancelled, which may happen at any moment without harm."""
    while True:
        await delete_blobs(begin, store)
        await asyncio.sleep(every.total_seconds())


async def delete_blobs(begin: Begin, store: Store) -> int:
    """Delete what is due in this store; says how much went."""
    async with begin.statement() as connection:
        is_more: bool = await connection.fetchval(_LOOK, store.name)
    count = 0
    while is_more:
        async with begin.across() as tx:
            noted = await _take(tx, store.name)
        taken = [each for each in noted if not each.is_issued]
        gone = await _deleted(store, taken)
        async with begin.across() as tx:
            await _put(tx, _FORGET, gone)
        count += len(gone)
        is_more = len(noted) == AT_ONCE and len(gone) == len(taken)
    return count


async def _take(tx: Tx, store: str) -> Sequence[_Noted]:
    """The next ones, put off for the case that nothing comes of it; without those that have their rows after all.

    They are judged by a statement of its own, once they are locked: what was committed meanwhile is seen, and whoever
    deletes a document from now on waits at its note.
    """
    locked = await tx.raw.fetch(_LOCK, store, AT_ONCE)
    keys = [[row[name] for row in locked] for name in ("storefront_id", "document_id")]
    noted = [_noted(row) for row in await tx.raw.fetch(_JUDGE, store, *keys)]
    await _put(tx, _PUT_OFF, noted)
    # Two made the same file: the second noted what had its row already.
    await _put(tx, _FORGET, [each for each in noted if each.is_kept])
    return noted


def _noted(row: Any) -> _Noted:
    blob = Blob(row["storefront_id"], row["document_id"], row["store"], row["order_id"], row["mode"])
    pause = _AWAITED if row["is_issued"] else pause_after(row["tries"])
    return _Noted(blob, row["tries"], row["now"] + pause, row["is_issued"], row["is_kept"])


def pause_after(tries: int) -> timedelta:
    """Twice as long each time, from a minute to six hours."""
    return min(_LONGEST_PAUSE, timedelta(minutes=1 << min(tries, 10)))


async def _put(tx: Tx, statement: str, noted: Sequence[_Noted]) -> None:
    columns = zip(*((*each.blob[:3], each.due_at) for each in noted), strict=True)
    if noted:
        await tx.raw.execute(statement, *map(list, columns))


async def _deleted(store: Store, taken: Sequence[_Noted]) -> Sequence[_Noted]:
    """Those that the store has deleted; one that is away is not asked for all of them."""
    gone: list[_Noted] = []
    for start in range(0, len(taken), _SIDE_BY_SIDE):
        some = taken[start : start + _SIDE_BY_SIDE]
        answers = await asyncio.gather(*(_is_deleted(store, each) for each in some))
        gone += [each for each, is_gone in zip(some, answers, strict=True) if is_gone]
        if not any(answers):
            break
    return gone


async def _is_deleted(store: Store, each: _Noted) -> bool:
    try:
        await store.delete_blob(each.blob.key)
    except StoreAway as error:
        about = wire("doc", each.blob.document_id)
        log.warning("blob.not_deleted", document=about, store=store.name, tries=each.tries, error=str(error))
        return False
    return True
