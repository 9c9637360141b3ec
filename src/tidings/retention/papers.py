"""Brings an order's documents to exports, from wherever their files are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tidings.documents.content import content_of
from tidings.documents.ports import Store
from tidings.documents.queries import documents_of
from tidings.documents.schemas import file_name
from tidings.kit.db import Begin
from tidings.kit.scope import Scope
from tidings.retention.ports import Paper


@dataclass(frozen=True, slots=True)
class DocumentPapers:
    """The documents that were issued; those that are not made yet are left out."""

    begin: Begin
    # None: in the database.
    store: Store | None = None

    async def papers(self, scope: Scope, order_ids: Sequence[UUID]) -> Sequence[Paper]:
        """The documents of these orders.

        Raises:
            StoreAway: their files cannot be had now: the export is made later.
        """
        found = []
        for order_id in order_ids:
            async with self.begin.reading(scope) as tx:
                made = [held.row.id for held in await documents_of(tx, order_id) if held.file is not None]
            for document_id in made:
                held, content = await content_of(self.begin, scope, document_id, self.store)
                found.append(Paper(order_id, file_name(held), content))
        return found
