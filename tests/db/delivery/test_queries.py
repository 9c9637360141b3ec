"""Messages read with all that belongs to them."""

from datetime import timedelta

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.queries import MessageFilter, message_told, messages_page, require_order
from tidings.delivery.tables import ContentRow
from tidings.delivery.told import message_of
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput, NotFound
from tidings.kit.scope import Scope


async def said(mailroom: Mailroom, message_id: object, channel: str, text: str) -> None:
    row = await mailroom.message(message_id)  # type: ignore[arg-type]
    async with mailroom.begin.across() as tx:
        tx.session.add(
            ContentRow(
                storefront_id=row.storefront_id,
                order_id=row.order_id,
                message_id=row.id,
                channel=channel,
                template="order_confirmation",
                version=3,
                locale="de",
                subject=None if channel == "sms" else "Hello",
                text=text,
                html=None,
                extras={},
                rendered_at=mailroom.clock.now(),
            )
        )


async def told(mailroom: Mailroom, asked: MessageFilter, **more: bool) -> list[object]:
    async with mailroom.begin.reading(mailroom.scope) as tx:
        page = await messages_page(tx, asked, Window(), **more)
    return [one.row.id for one in page.items]


async def test_a_message_comes_with_its_attempts_and_each_with_its_receipts(mailroom: Mailroom) -> None:
    email, sms = await mailroom.connect("email"), await mailroom.connect("sms")
    first = await mailroom.sent(email)
    await mailroom.hear(first, "bounced", detail={"code": "5.1.1", "reason": "no such mailbox"}, word="bounce")
    second = await mailroom.attempt(await mailroom.message(first.message_id), sms, provider_message_id="SM1")
    await mailroom.hear(second, "sent", "delivered")
    await said(mailroom, first.message_id, "email", "the mail")
    await said(mailroom, first.message_id, "sms", "the text")
    async with mailroom.begin.reading(mailroom.scope) as tx:
        wire = message_of(await message_told(tx, first.message_id))
    assert (wire.status, wire.channel) == ("delivered", "sms")
    assert wire.content is not None
    assert wire.content.text == "the text"
    assert wire.template is not None
    assert (wire.template.name, wire.template.version, wire.template.locale) == ("order_confirmation", 3, "de")
    assert [(a.channel, a.status, a.provider_message_id) for a in wire.attempts] == [
        ("email", "bounced", None),
        ("sms", "delivered", "SM1"),
    ]
    assert wire.attempts[0].error is not None
    assert (wire.attempts[0].error.code, wire.attempts[0].error.reason) == ("5.1.1", "no such mailbox")
    assert [(r.status, r.provider_status) for r in wire.attempts[0].receipts] == [("bounced", "bounce")]
    assert [r.status for r in wire.attempts[1].receipts] == ["sent", "delivered"]


async def test_content_is_what_was_sent_until_the_next_channel_is_rendered(mailroom: Mailroom) -> None:
    email, _ = await mailroom.connect("email"), await mailroom.connect("sms")
    attempt = await mailroom.sent(email)
    await said(mailroom, attempt.message_id, "email", "the mail")
    await mailroom.hear(attempt, "bounced")
    async with mailroom.begin.reading(mailroom.scope) as tx:
        found = await message_told(tx, attempt.message_id)
    assert found.row.channel == "sms"
    assert found.content is not None
    assert found.content.text == "the mail"


async def test_a_message_that_was_never_rendered_has_no_content(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.reading(mailroom.scope) as tx:
        wire = message_of(await message_told(tx, message.id))
    assert (wire.template, wire.content, wire.attempts) == (None, None, [])


async def test_messages_are_filtered(mailroom: Mailroom) -> None:
    email = await mailroom.connect("email")
    sent = (await mailroom.sent(email)).message_id
    mailroom.clock.advance(timedelta(minutes=1))
    pending = await mailroom.owed(customer={"preferred_channel": "sms"})
    now = mailroom.clock.now()
    assert await told(mailroom, MessageFilter()) == [pending.id, sent]
    assert await told(mailroom, MessageFilter(), oldest_first=True) == [sent, pending.id]
    assert await told(mailroom, MessageFilter(status="sent")) == [sent]
    assert await told(mailroom, MessageFilter(channel="sms")) == [pending.id]
    assert await told(mailroom, MessageFilter(milestone="order_delivered")) == []
    assert await told(mailroom, MessageFilter(order_id=pending.order_id)) == [pending.id]
    assert await told(mailroom, MessageFilter(receipt_overdue=True)) == []
    assert len(await told(mailroom, MessageFilter(receipt_overdue=False))) == 2
    assert await told(mailroom, MessageFilter(created_after=now)) == [pending.id]
    assert await told(mailroom, MessageFilter(created_before=now)) == [sent]


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_the_list_goes_on_where_it_stopped(mailroom: Mailroom, *, oldest_first: bool) -> None:
    made = [(await mailroom.owed()).id for _ in range(5)]
    seen: list[object] = []
    window: Window | None = Window(limit=2)
    while window is not None:
        async with mailroom.begin.reading(mailroom.scope) as tx:
            page = await messages_page(tx, MessageFilter(), window, oldest_first=oldest_first)
        seen += [one.row.id for one in page.items]
        window = None if page.next_cursor is None else Window(limit=2, after=decode_cursor(page.next_cursor))
    assert seen == (made if oldest_first else made[::-1])


async def test_a_foreign_cursor_is_refused(mailroom: Mailroom) -> None:
    async with mailroom.begin.reading(mailroom.scope) as tx:
        for key in (("not an id",), (1, 2), ()):
            with pytest.raises(InvalidInput):
                await messages_page(tx, MessageFilter(), Window(after=key))


async def test_only_orders_of_the_storefront_and_mode_are_known(mailroom: Mailroom, other_shop: Shop) -> None:
    order = (await mailroom.owed()).order_id
    async with mailroom.begin.reading(mailroom.scope) as tx:
        assert await require_order(tx, order) == order
        for unknown in (new_id(), None):
            with pytest.raises(NotFound):
                await require_order(tx, unknown)
    for scope in (Scope(mailroom.shop.id, "live"), other_shop.scope):
        async with mailroom.begin.reading(scope) as tx:
            with pytest.raises(NotFound):
                await require_order(tx, order)
