"""Notes what is in a bucket and in no row, so that it is found there whoever is killed (delete_blobs.py).

Two write such notes. Whoever puts an object does so before it is put, and takes the note back in the transaction that
writes the row. Whoever deletes a row has it done by a trigger, in the same transaction (note_blobs, in the migrations).
"""

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from tidings.documents.queries import Held
from tidings.kit.db import Tx
from tidings.kit.ids import wire

# Far longer than putting an object ever takes: until then nobody else looks at it.
PUTTING: Final = timedelta(hours=1)


class Blob(NamedTuple):
    """A document's file in a bucket, which may be there or not."""

    storefront_id: UUID
    document_id: UUID
    # The bucket's name.
    store: str
    order_id: UUID
    mode: str

    @property
    def key(self) -> str:
        """Its name in the bucket: the same whoever makes it."""
        shop, order = wire("stf", self.storefront_id), wire("ord", self.order_id)
        return f"{shop}/{self.mode}/{order}/{wire('doc', self.document_id)}.pdf"


def blob_of(held: Held, store: str) -> Blob:
    """Where that store keeps a document's file."""
    row = held.row
    return Blob(row.storefront_id, row.id, store, row.order_id, row.mode)


_NOTE: Final = """
INSERT INTO blobs_to_delete (storefront_id, document_id, store, order_id, mode, due_at)
VALUES ($1, $2, $3, $4, $5, now() + $6)
ON CONFLICT (storefront_id, document_id, store) DO UPDATE SET due_at = excluded.due_at, tries = 0
"""

_DROP: Final = "DELETE FROM blobs_to_delete WHERE storefront_id = $1 AND document_id = $2 AND store = $3"


async def note_blob(tx: Tx, blob: Blob) -> None:
    """It is about to be put: to be committed before it is."""
    await tx.raw.execute(_NOTE, *blob, PUTTING)


async def drop_note(tx: Tx, blob: Blob) -> None:
    """It has its row now, in this very transaction."""
    await tx.raw.execute(_DROP, blob.storefront_id, blob.document_id, blob.store)
