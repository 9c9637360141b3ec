"""Messages and their documents: they wait for them, carry them, and never wait for ever."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.db.documents.desk import Desk
from tests.db.documents.test_correct import corrected
from tests.fixtures.facts import facts
from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import NotYet, Unfetched
from tidings.documents import enclose
from tidings.documents.enclose import Enclosing
from tidings.documents.ports import Unprintable
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id
from tidings.storefronts.shopbook import ShopBook


def claimed(desk: Desk, order_id: UUID, channel: str = "email") -> Claimed:
    now = desk.clock.now()
    return Claimed(
        storefront_id=desk.shop.id, order_id=order_id, id=new_id(), token=new_id(), mode="test",
        milestone="order_completed", dedupe_key="x", priority=60, plan=[], step=0, channel=channel,
        recipient="a@b.test", attempts=0, tries=0, refused_by=frozenset(), locale="de-DE", time_zone="Europe/Berlin",
        created_at=now, valid_until=now + timedelta(hours=72), trace=None, snapshot="{}", content=None,
        suppressed=None, last=None,
    )  # fmt: skip


def enclosing(desk: Desk) -> Enclosing:
    return Enclosing(desk.begin, ShopBook(desk.begin, keep_seconds=0), desk.clock, desk.store)


async def snapshot_of(desk: Desk, order_id: UUID) -> dict[str, Any]:
    *_, closed = await facts(desk.begin, desk.shop, order_id)
    found: dict[str, Any] = closed["snapshot"]
    return found


@pytest.fixture
async def completed(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    return order_id, await snapshot_of(desk, order_id)


async def test_an_e_mail_carries_what_is_made(desk: Desk, completed: tuple[UUID, dict[str, Any]]) -> None:
    order_id, snapshot = completed
    await desk.make()
    message = claimed(desk, order_id)
    found = await enclosing(desk).enclosed(message, snapshot)
    assert [each["name"] for each in found.attachments] == ["INV-000001.pdf", "WAR-000001.pdf"]
    assert [each["kind"] for each in found.snapshot["documents"]] == ["invoice", "warranty"]
    attached = await enclosing(desk).fetched(message, found.attachments)
    assert [(each.name, each.media_type) for each in attached] == [
        ("INV-000001.pdf", "application/pdf"), ("WAR-000001.pdf", "application/pdf"),
    ]  # fmt: skip
    assert hashlib.sha256(attached[0].content).hexdigest() == found.attachments[0]["sha256"]


async def test_what_was_corrected_since_goes_in_place_of_the_wrong_one(
    desk: Desk, completed: tuple[UUID, dict[str, Any]]
) -> None:
    """Before the message has left, or when it is sent again."""
    order_id, snapshot = completed
    await desk.make()
    invoice, _ = await desk.documents(order_id)
    await corrected(desk, invoice.row.id)
    message = claimed(desk, order_id)
    with pytest.raises(NotYet):
        await enclosing(desk).enclosed(message, snapshot)
    await desk.make()
    found = await enclosing(desk).enclosed(message, snapshot)
    assert [each["name"] for each in found.attachments] == ["INV-000002.pdf", "WAR-000001.pdf"]


async def test_a_text_message_tells_of_them_and_carries_none(
    desk: Desk, completed: tuple[UUID, dict[str, Any]]
) -> None:
    order_id, snapshot = completed
    await desk.make()
    found = await enclosing(desk).enclosed(claimed(desk, order_id, "sms"), snapshot)
    assert (list(found.attachments), found.snapshot["has_documents"]) == ([], True)


async def test_what_is_too_large_for_a_mail_comes_by_link(
    desk: Desk, completed: tuple[UUID, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, snapshot = completed
    await desk.make()
    monkeypatch.setattr(enclose, "MOST_BYTES", 1000)
    found = await enclosing(desk).enclosed(claimed(desk, order_id), snapshot)
    assert (list(found.attachments), found.snapshot["documents"]) == ([], []), "nothing is said to be attached"
    assert found.snapshot["has_documents"]


async def test_a_message_waits_until_they_are_made_and_no_longer_than_the_policy_says(
    desk: Desk, completed: tuple[UUID, dict[str, Any]]
) -> None:
    order_id, snapshot = completed
    message = claimed(desk, order_id)
    with pytest.raises(NotYet) as waits:
        await enclosing(desk).enclosed(message, snapshot)
    assert timedelta() < waits.value.wait <= timedelta(seconds=30)
    desk.clock.advance(timedelta(minutes=60))
    found = await enclosing(desk).enclosed(message, snapshot)
    assert (found.snapshot["documents"], found.snapshot["has_documents"]) == ([], False)


async def test_what_cannot_be_made_is_not_waited_for(desk: Desk, completed: tuple[UUID, dict[str, Any]]) -> None:
    order_id, snapshot = completed
    desk.press.fails = Unprintable("no")
    await desk.make()
    found = await enclosing(desk).enclosed(claimed(desk, order_id), snapshot)
    assert found.snapshot["documents"] == []


async def test_a_shop_may_want_its_messages_to_wait(desk: Desk, completed: tuple[UUID, dict[str, Any]]) -> None:
    order_id, snapshot = completed
    await desk.rule(if_late="wait")
    desk.press.fails = Unprintable("no")
    await desk.make()
    message = claimed(desk, order_id)
    desk.clock.advance(timedelta(hours=3))
    with pytest.raises(NotYet):
        await enclosing(desk).enclosed(message, snapshot)


async def test_a_message_without_documents_is_left_alone(desk: Desk) -> None:
    found = await enclosing(desk).enclosed(claimed(desk, new_id()), {"order": {}})
    assert (found.snapshot, list(found.attachments)) == ({"order": {}}, [])


async def test_what_is_gone_cannot_be_fetched(desk: Desk) -> None:
    with pytest.raises(Unfetched):
        await enclosing(desk).fetched(claimed(desk, new_id()), [{"id": "doc_1", "media_type": "x"}])


async def test_documents_in_a_database_that_is_away_cannot_be_fetched_now(
    desk: Desk, completed: tuple[UUID, dict[str, Any]], tmp_path: Path
) -> None:
    order_id, snapshot = completed
    await desk.make()
    message = claimed(desk, order_id)
    found = await enclosing(desk).enclosed(message, snapshot)
    desk.begin = Begin(create_engine(f"postgresql://tidings_worker@/tidings?host={tmp_path}", pool_size=1))
    with pytest.raises(Unfetched, match="the database is away"):
        await enclosing(desk).fetched(message, found.attachments)
    await desk.begin.close()
