"""Calls that people make: where a call is planned, and no machine gets through."""

from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.calls import BY_PHONE, asked, call_task, drained, rows, told, with_issue
from tests.fixtures.drained import make_due
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.delivery.calls import number_to_call
from tidings.delivery.ports import Permanent, Uncertain
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.templates.errors import Unrenderable


def test_the_number_is_that_of_the_planned_call() -> None:
    assert number_to_call([{"channel": "sms", "to": "+491"}, {"channel": "voice", "to": "+492"}]) == "+492"
    assert number_to_call([{"channel": "sms", "to": "+491"}]) is None


async def test_without_a_connection_for_calls_a_person_is_given_the_script_and_the_message_waits(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    order_id = await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    message, task = await told(begin), await call_task(begin)
    assert (message["status"], message["attempts"], message["channel"]) == ("pending", 0, "voice")
    (deadline,) = await rows(begin, "SELECT due_at FROM deadlines WHERE cancelled_at IS NULL")
    assert (task["status"], task["order_id"], task["due_at"]) == ("open", order_id, deadline["due_at"])
    assert task["data"] == {
        "message": wire("msg", message["id"]),
        "milestone": "issue_notification",
        "subject": message["subject"],
        "number": "+15005550101",
        "script": "issue_notification no. 1",
        "locale": "en",
        "reason": "there is no connection for calls",
        "tries": 0,
    }
    (content,) = await rows(begin, "SELECT channel, text FROM contents")
    assert (content["channel"], content["text"]) == ("voice", "issue_notification no. 1")
    kinds = await rows(begin, "SELECT kind FROM tasks ORDER BY kind")
    assert [task["kind"] for task in kinds] == ["call_customer", "handle_issue"]


async def test_it_is_said_once_and_goes_by_machine_as_soon_as_there_is_a_connection(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    await make_due(begin)
    await exchange.run(0.3)
    await make_due(begin)
    judged = await rows(begin, "SELECT kind FROM records WHERE kind = 'message.judged'")
    assert (len(judged), len(exchange.rendered)) == (1, 1)
    voice = exchange.connect(shop, "voice")
    await drained(exchange, begin, "SELECT FROM messages WHERE status = 'sent'")
    assert [outgoing.content.text for outgoing in voice.sent] == ["issue_notification no. 1"]
    assert (await told(begin))["status"] == "sent"
    assert (await call_task(begin))["status"] == "dropped"


async def test_what_waits_for_a_call_holds_nothing_up(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    email = exchange.connect(shop, "email", FakeSender([Permanent("no such mailbox", suppress="hard_bounce")]))
    order_id = await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    async with begin.across() as tx:
        # What is told after it, of the same order.
        await tx.raw.execute(
            "INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq)"
            " SELECT storefront_id, id, mode, order_id, 'email', 10, 'customer', 99 FROM messages"
            " WHERE order_id = $1 AND milestone = 'order_confirmation'",
            order_id,
        )
        await tx.raw.execute(
            "UPDATE messages SET status = 'pending', channel = 'email', recipient = 'a@shop.test',"
            ' plan = \'[{"channel": "email", "to": "a@shop.test"}]\''
            " WHERE order_id = $1 AND milestone = 'order_confirmation'",
            order_id,
        )
    await drained(exchange, begin, "SELECT FROM attempts WHERE finished_at IS NOT NULL")
    assert [outgoing.to for outgoing in email.sent] == ["a@shop.test"]
    assert (await told(begin))["status"] == "pending"


async def test_a_refused_email_without_a_connection_for_calls_is_a_person_to_call(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Permanent("no such mailbox", "5.1.1", suppress="hard_bounce")]))
    await with_issue(begin, shop, clock)
    await asked(exchange, begin)
    task = await call_task(begin)
    assert (await told(begin))["status"] == "failed"
    # The e-mail's words are number one; the call has its own.
    assert task["data"]["script"] == "issue_notification no. 2"
    assert task["data"]["reason"] == "refused: no such mailbox [5.1.1]"
    assert await rows(begin, "SELECT FROM tasks WHERE kind = 'message_dead'") == []


async def test_neither_connection_is_a_task_for_each_and_the_email_goes_when_it_can(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await with_issue(begin, shop, clock)
    await asked(exchange, begin)
    kinds = [task["kind"] for task in await rows(begin, "SELECT kind FROM tasks ORDER BY kind")]
    assert kinds == ["call_customer", "handle_issue", "no_connection"]
    email = exchange.connect(shop, "email")
    await make_due(begin)
    await drained(exchange, begin, "SELECT FROM messages WHERE status = 'sent'")
    assert len(email.sent) == 1
    assert (await call_task(begin))["status"] == "dropped"


async def test_a_call_that_may_have_been_made_is_not_made_again_by_a_machine(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    voice = exchange.connect(shop, "voice", FakeSender([Uncertain("no answer")]))
    await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    await make_due(begin)
    await exchange.run(0.2)
    assert len(voice.sent) == 1
    task = await call_task(begin)
    assert task["data"]["reason"] == "uncertain whether it was sent: no answer"


async def test_a_number_that_does_not_exist_or_wants_no_calls_is_not_called_by_people(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "voice", FakeSender([Permanent("no such number", suppress="hard_bounce")]))
    await with_issue(begin, shop, clock, **BY_PHONE)
    await drained(exchange, begin, "SELECT FROM tasks WHERE kind = 'message_dead'")
    assert await rows(begin, "SELECT FROM tasks WHERE kind = 'call_customer'") == []
    await with_issue(begin, shop, clock, **BY_PHONE)
    await drained(exchange, begin, "SELECT FROM tasks WHERE kind = 'message_dead' OFFSET 1")
    assert await rows(begin, "SELECT FROM tasks WHERE kind = 'call_customer'") == []
    assert len(await rows(begin, "SELECT FROM tasks WHERE kind = 'message_dead'")) == 2


async def test_words_that_cannot_be_rendered_leave_the_call_to_be_made_without(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.render_error = Unrenderable("order.total", "issue_notification/en")
    await with_issue(begin, shop, clock, **BY_PHONE)
    await asked(exchange, begin)
    task = await call_task(begin)
    assert (task["data"]["script"], task["data"]["number"]) == (None, "+15005550101")


async def test_stale_news_is_still_called_about(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await with_issue(begin, shop, clock, **BY_PHONE)
    clock.advance(timedelta(days=4))
    await asked(exchange, begin)
    assert (await told(begin))["status"] == "failed"
    assert (await call_task(begin))["data"]["reason"] == "not sent in time: the news is stale"


async def test_where_no_call_is_planned_nobody_is_to_call(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await place(begin, shop, clock.now())
    await drained(exchange, begin, "SELECT FROM tasks")
    assert [task["kind"] for task in await rows(begin, "SELECT kind FROM tasks")] == ["no_connection"]
