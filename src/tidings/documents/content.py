"""Fetches a document's bytes from wherever they are kept, and believes them only if they are what was made."""

import hashlib
from uuid import UUID

from tidings.documents.errors import DocumentNotMade
from tidings.documents.note_blob import blob_of
from tidings.documents.ports import Store, StoreAway
from tidings.documents.queries import Held, document_by_id, stored_content
from tidings.kit.db import Begin
from tidings.kit.scope import Scope

_RETRY_SECONDS = "2"


async def content_of(begin: Begin, scope: Scope, document_id: UUID | None, store: Store | None) -> tuple[Held, bytes]:
    """The document and its bytes; while a store is asked, no connection is held.

    Raises:
        NotFound: there is no such document.
        DocumentNotMade: its file is still being made.
        StoreAway: what is kept elsewhere cannot be had now, or is not what was put there.
    """
    async with begin.reading(scope) as tx:
        held = await document_by_id(tx, document_id)
        content = await stored_content(tx, held)
    if held.file is None:
        raise DocumentNotMade(headers={"Retry-After": _RETRY_SECONDS})
    if content is None:
        if store is None or store.name != held.file.store:
            message = f"kept in {held.file.store}, which this process does not know"
            raise StoreAway(message)
        content = await store.get_blob(blob_of(held, store.name).key)
    if hashlib.sha256(content).digest() != held.file.sha256:
        message = f"what {held.file.store} holds is not what was made"
        raise StoreAway(message)
    return held, content
