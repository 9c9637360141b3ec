"""What is written when a message arrives."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.queries import Filter, enclosed, letters
from tidings.adapters.sandbox.tables import SandboxCallbackRow
from tidings.adapters.sandbox.take import Arrival, take, taken
from tidings.delivery.ports import Accepted, Attachment, NotThere, Throttled

PACE = Pace(timedelta(milliseconds=100), timedelta(seconds=9))


async def arrive(begin, arrival, now):
    async with begin.across() as tx:
        return await take(tx, arrival, now=now, pace=PACE)


async def inbox(begin):
    async with begin.reading(None) as tx:
        return await letters(tx, Filter(), 50)


async def test_a_message_lies_in_the_inbox_with_the_callbacks_that_will_follow(worker_begin, shop, clock):
    message = outgoing(clock, "complaint@sandbox.test")
    await arrive(worker_begin, Arrival(message, connection(shop.scope)), clock.now())
    [letter] = await inbox(worker_begin)
    assert letter.message.answer == "taken"
    assert letter.message.html == "<p>Thanks</p>"
    assert [callback.word for callback in letter.callbacks] == ["accepted", "sent", "delivered", "spam_report"]
    due = [(callback.due_at - clock.now()).total_seconds() for callback in letter.callbacks]
    assert due == pytest.approx([0.1, 0.2, 0.3, 0.4])


async def test_the_same_attempt_twice_is_one_message_with_one_set_of_callbacks(worker_begin, shop, clock):
    arrival = Arrival(outgoing(clock, "delivered@sandbox.test"), connection(shop.scope))
    first = await arrive(worker_begin, arrival, clock.now())
    again = await arrive(worker_begin, arrival, clock.advance(timedelta(seconds=5)))
    assert isinstance(first, Accepted)
    assert again == first
    [letter] = await inbox(worker_begin)
    assert len(letter.callbacks) == 3


async def test_the_same_throttled_attempt_twice_gets_the_same_answer(worker_begin, shop, clock):
    config = connection(shop.scope)
    tries = [Arrival(outgoing(clock, "+15005550104", message_id="msg_1"), config) for _ in range(3)]
    for arrival in tries:
        await arrive(worker_begin, arrival, clock.now())
    assert isinstance(await arrive(worker_begin, tries[1], clock.now()), Throttled)
    async with worker_begin.reading(None) as tx:
        assert await taken(tx, tries[1]) == NotThere()
        assert await tx.session.scalar(select(func.count()).select_from(SandboxCallbackRow)) == 3


async def test_another_message_to_the_throttled_number_is_throttled_anew(worker_begin, shop, clock):
    config = connection(shop.scope)
    for _ in range(3):
        await arrive(worker_begin, Arrival(outgoing(clock, "+15005550104", message_id="msg_1"), config), clock.now())
    other = Arrival(outgoing(clock, "+15005550104", message_id="msg_2"), config)
    assert isinstance(await arrive(worker_begin, other, clock.now()), Throttled)


async def test_a_refused_message_is_shown_with_its_reason_and_owes_no_callback(worker_begin, shop, clock):
    await arrive(worker_begin, Arrival(outgoing(clock, "+15005550103"), connection(shop.scope)), clock.now())
    [letter] = await inbox(worker_begin)
    assert (letter.message.answer, letter.message.reason) == ("refused", "This number cannot be reached")
    assert not letter.callbacks


async def test_an_attempt_of_another_storefront_is_another_message(worker_begin, shop, other_shop, clock):
    message = outgoing(clock, "delivered@sandbox.test")
    await arrive(worker_begin, Arrival(message, connection(shop.scope)), clock.now())
    async with worker_begin.reading(None) as tx:
        assert await taken(tx, Arrival(message, connection(other_shop.scope))) == NotThere()


async def test_an_id_that_is_none_is_a_bug(shop, clock):
    with pytest.raises(ValueError, match="att"):
        Arrival(outgoing(clock, "a@b.test", attempt_id="nonsense"), connection(shop.scope)).attempt_id  # noqa: B018


async def test_what_came_along_lies_beside_the_message_once(worker_begin, shop, clock):
    content = b"%PDF-1.7 \x00\xff"
    attached = (Attachment("INV-1.pdf", "application/pdf", content), Attachment("WAR-1.pdf", "application/pdf", b"2"))
    message = replace(outgoing(clock, "delivered@sandbox.test"), attachments=attached)
    arrival = Arrival(message, connection(shop.scope))
    for _ in range(2):
        await arrive(worker_begin, arrival, clock.now())
    [letter] = await inbox(worker_begin)
    assert [(each.place, each.name, each.size) for each in letter.enclosures] == [
        (0, "INV-1.pdf", len(content)), (1, "WAR-1.pdf", 1),
    ]  # fmt: skip
    assert letter.enclosures[0].sha256 == hashlib.sha256(content).hexdigest()
    async with worker_begin.reading(None) as tx:
        found = await enclosed(tx, arrival.attempt_id, 0)
        assert await enclosed(tx, arrival.attempt_id, 2) is None
    assert found.content == content


async def test_what_is_refused_leaves_no_files(worker_begin, shop, clock):
    attached = (Attachment("INV-1.pdf", "application/pdf", b"1"),)
    message = replace(outgoing(clock, "+15005550104", message_id="msg_1"), attachments=attached)
    await arrive(worker_begin, Arrival(message, connection(shop.scope)), clock.now())
    [letter] = await inbox(worker_begin)
    assert (letter.message.answer, list(letter.enclosures)) == ("throttled", [])
