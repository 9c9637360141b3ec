"""What routes of documents work with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from tidings.documents.content import content_of
from tidings.documents.links import DocumentLinks
from tidings.documents.ports import Store, StoreAway
from tidings.documents.queries import Held
from tidings.kit.db import Begin
from tidings.kit.problem import Unavailable
from tidings.kit.scope import Scope
from tidings.storefronts.access import BeginDep, NowDep


@dataclass(frozen=True, slots=True)
class Desk:
    """Transactions, the hour, links and the store."""

    begin: Begin
    now: datetime
    links: DocumentLinks
    store: Store | None

    async def content(self, scope: Scope, document_id: UUID | None) -> tuple[Held, bytes]:
        """A document with its bytes.

        Raises:
            NotFound: there is none.
            DocumentNotMade: its file is still being made.
            Unavailable: whoever keeps it does not answer.
        """
        try:
            return await content_of(self.begin, scope, document_id, self.store)
        except StoreAway as error:
            raise Unavailable from error


async def desk_of(request: Request, begin: BeginDep, now: NowDep) -> Desk:
    """The desk of this application."""
    runtime = request.app.state.runtime
    return Desk(begin, now, runtime.document_links, runtime.document_store)


DeskDep = Annotated[Desk, Depends(desk_of)]
