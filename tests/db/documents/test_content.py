"""Bytes are believed only if they are what was made."""

import pytest

from tests.db.documents.desk import Desk
from tests.fixtures.documents import Shelf
from tidings.documents.content import content_of
from tidings.documents.errors import DocumentNotMade
from tidings.documents.ports import StoreAway
from tidings.kit.problem import NotFound


async def test_a_document_is_fetched_from_where_it_is_kept(desk: Desk) -> None:
    desk.store = shelf = Shelf()
    invoice, _ = await desk.complete(await desk.delivered())
    with pytest.raises(DocumentNotMade):
        await content_of(desk.begin, desk.shop.scope, invoice.row.id, shelf)
    await desk.make()
    held, content = await content_of(desk.begin, desk.shop.scope, invoice.row.id, shelf)
    assert (held.row.id, content[:5]) == (invoice.row.id, b"%PDF-")
    with pytest.raises(StoreAway, match="does not know"):
        await content_of(desk.begin, desk.shop.scope, invoice.row.id, None)
    shelf.kept = dict.fromkeys(shelf.kept, b"%PDF-1.7 something else")
    with pytest.raises(StoreAway, match="not what was made"):
        await content_of(desk.begin, desk.shop.scope, invoice.row.id, shelf)


async def test_another_modes_document_is_none(desk: Desk) -> None:
    invoice, _ = await desk.complete(await desk.delivered())
    with pytest.raises(NotFound):
        await content_of(desk.begin, desk.shop.live_scope, invoice.row.id, None)
