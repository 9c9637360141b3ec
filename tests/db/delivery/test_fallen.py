"""A call in the plan of a message that came back: by machine if there is one, else by a person."""

from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.calls import BY_PHONE, asked, call_task, drained, rows, told, with_issue
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.ports import Permanent
from tidings.delivery.receive import AttemptRef
from tidings.kit.db import Begin


async def attempt_of(begin: Begin, channel: str) -> AttemptRef:
    (row,) = await rows(
        begin, "SELECT storefront_id, order_id, message_id, id FROM attempts WHERE channel = $1", channel
    )
    return AttemptRef(*row)


async def reached(mailroom: Mailroom, exchange: Exchange, **customer: Any) -> UUID:
    order_id = await with_issue(mailroom.begin, mailroom.shop, mailroom.clock, **customer)
    await drained(exchange, mailroom.begin, "SELECT FROM messages WHERE status = 'sent'")
    return order_id


async def test_nobody_answers_and_a_person_is_to_call_with_the_same_words(
    begin: Begin, shop: Shop, exchange: Exchange, mailroom: Mailroom
) -> None:
    voice = exchange.connect(shop, "voice")
    await reached(mailroom, exchange, **BY_PHONE)
    assert (await told(begin))["status"] == "sent"
    await mailroom.hear(await attempt_of(begin, "voice"), "failed", detail={"reason": "nobody picked up"})
    message, task = await told(begin), await call_task(begin)
    assert message["status"] == "failed"
    assert task["data"]["script"] == voice.sent[0].content.text
    assert task["data"]["reason"] == "voice failed: nobody picked up; there is no other way left"
    # The promise is open again, and says until when.
    (deadline,) = await rows(begin, "SELECT due_at, met_at FROM deadlines WHERE cancelled_at IS NULL")
    assert (deadline["met_at"], task["due_at"]) == (None, deadline["due_at"])
    await mailroom.hear(await attempt_of(begin, "voice"), "failed", key="again")
    assert len(await rows(begin, "SELECT FROM tasks WHERE kind = 'call_customer'")) == 1


async def test_news_that_the_call_was_heard_after_all_frees_whoever_was_to_call(
    begin: Begin, shop: Shop, exchange: Exchange, mailroom: Mailroom
) -> None:
    exchange.connect(shop, "voice")
    await reached(mailroom, exchange, **BY_PHONE)
    attempt = await attempt_of(begin, "voice")
    await mailroom.hear(attempt, "failed")
    await mailroom.hear(attempt, "delivered")
    assert ((await told(begin))["status"], (await call_task(begin))["status"]) == ("delivered", "dropped")


async def test_a_bounced_email_goes_on_to_the_call_whoever_makes_it(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange, mailroom: Mailroom
) -> None:
    email = exchange.connect(shop, "email")
    await mailroom.connect("email")
    await reached(mailroom, exchange)
    await mailroom.hear(await attempt_of(begin, "email"), "bounced", detail={"reason": "mailbox gone"})
    message = await told(begin)
    assert (message["status"], message["channel"]) == ("sending", "voice")
    await asked(exchange, begin)
    task = await call_task(begin)
    assert task["data"]["script"] == "issue_notification no. 2"
    assert (await told(begin))["status"] == "sending"
    await exchange.run(0.2)
    assert len(email.sent) == 1


async def test_a_call_that_was_tried_is_not_gone_back_to(
    begin: Begin, shop: Shop, exchange: Exchange, mailroom: Mailroom
) -> None:
    exchange.connect(shop, "voice", FakeSender([Permanent("blocked")]))
    exchange.connect(shop, "email")
    await mailroom.connect("email")
    await reached(mailroom, exchange, preferred_channel="voice")
    assert [e["channel"] for e in (await told(begin))["plan"]] == ["voice", "email"]
    await mailroom.hear(await attempt_of(begin, "email"), "bounced")
    assert (await told(begin))["status"] == "failed"
    assert (await call_task(begin))["data"]["number"] == "+15005550101"


async def test_a_number_that_does_not_exist_is_called_by_nobody(
    begin: Begin, shop: Shop, exchange: Exchange, mailroom: Mailroom
) -> None:
    exchange.connect(shop, "voice")
    await reached(mailroom, exchange, **BY_PHONE)
    await mailroom.hear(await attempt_of(begin, "voice"), "bounced")
    assert await rows(begin, "SELECT FROM tasks WHERE kind = 'call_customer'") == []
    assert len(await rows(begin, "SELECT FROM tasks WHERE kind = 'message_dead'")) == 1
