"""Receipts that came before their attempt was known."""

from datetime import timedelta

from tests.db.callbacks.test_receive import receipt, take
from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.match import match_unmatched
from tidings.callbacks.ports import ProviderEvent
from tidings.kit.db import Begin


def by_theirs(name: str, status: str = "delivered") -> ProviderEvent:
    return ProviderEvent(f"{name}:{status}", "receipt", status, status=status, provider_message_id=name)  # type: ignore[arg-type]


async def waiting(mailroom: Mailroom) -> int:
    return int(await mailroom.value("SELECT count(*) FROM inbox WHERE applied_at IS NULL"))


async def test_a_receipt_that_came_before_our_commit_is_matched_by_the_worker(
    mailroom: Mailroom, worker_begin: Begin
) -> None:
    by = await mailroom.connect("email")
    message = await mailroom.owed()
    await take(mailroom, by, by_theirs("theirs-1234"), by_theirs("strangers-1234"))
    assert await match_unmatched(worker_begin, mailroom.clock.now()) == 0
    await mailroom.attempt(message, by, provider_message_id="theirs-1234")
    assert await match_unmatched(worker_begin, mailroom.clock.now()) == 1
    assert (await mailroom.message(message.id)).status == "delivered"
    assert await waiting(mailroom) == 1
    assert await match_unmatched(worker_begin, mailroom.clock.now()) == 0


async def test_nothing_that_the_event_said_is_lost_while_it_waits(mailroom: Mailroom, worker_begin: Begin) -> None:
    by = await mailroom.connect("sms")
    message = await mailroom.owed(customer={"preferred_channel": "sms", "email": None})
    at = mailroom.clock.now() - timedelta(seconds=5)
    said = ProviderEvent(
        "k",
        "receipt",
        "undelivered",
        status="failed",
        provider_message_id="SM12345678",
        at=at,
        detail={"code": "30003"},
        may_pass=True,
    )
    await take(mailroom, by, said)
    await mailroom.attempt(message, by, provider_message_id="SM12345678")
    assert await match_unmatched(worker_begin, mailroom.clock.now()) == 1
    (row,) = await mailroom.fetch("SELECT status, provider_status, detail, at FROM receipts")
    assert tuple(row) == ("failed", "undelivered", {"code": "30003", "may_pass": True}, at)


async def test_what_belongs_to_nobody_is_looked_at_seldom_once_it_is_old(
    mailroom: Mailroom, worker_begin: Begin
) -> None:
    by = await mailroom.connect("email")
    message = await mailroom.owed()
    now = mailroom.clock.set(mailroom.clock.now().replace(minute=30, second=30))
    await take(mailroom, by, by_theirs("theirs-1234"))
    await mailroom.attempt(message, by, provider_message_id="theirs-1234")
    later = mailroom.clock.set(now + timedelta(hours=5))
    assert await match_unmatched(worker_begin, later) == 0
    full_hour = mailroom.clock.set(later.replace(minute=0, second=5))
    assert await match_unmatched(worker_begin, full_hour) == 1
    assert await match_unmatched(worker_begin, full_hour + timedelta(hours=80)) == 0


async def test_many_that_wait_are_gone_through_page_by_page(mailroom: Mailroom, worker_begin: Begin) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by, provider_message_id="theirs-1234")
    await take(mailroom, by, *(by_theirs(f"strangers-{number}") for number in range(1200)))
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE attempts SET provider_message_id = 'strangers-7'")
    assert await match_unmatched(worker_begin, mailroom.clock.now()) == 1
    assert (await mailroom.message(attempt.message_id)).status == "delivered"


async def test_ours_is_matched_whatever_the_provider_calls_it(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by, provider_message_id=None)
    await take(mailroom, by, receipt(attempt.id, "delivered", provider_message_id="theirs-1234"))
    assert await mailroom.value("SELECT provider_message_id FROM attempts") == "theirs-1234"


async def test_one_that_cannot_be_applied_holds_up_nobody_else(mailroom: Mailroom, worker_begin: Begin) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by, provider_message_id=f"early-{number}") for number in range(5)]
    await take(mailroom, by, *(by_theirs(f"latecomer-{number}") for number in range(5)))
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(
            "UPDATE attempts SET provider_message_id = replace(provider_message_id, 'early', 'latecomer')"
        )
        # As no provider's adapter makes one.
        await tx.raw.execute(
            "UPDATE inbox SET event = jsonb_set(event, '{status}', '\"nonsense\"') WHERE event_key LIKE 'latecomer-2:%'"
        )
    for expected in (4, 0):
        assert await match_unmatched(worker_begin, mailroom.clock.now()) == expected
    statuses = [(await mailroom.message(attempt.message_id)).status for attempt in attempts]
    assert statuses == ["delivered", "delivered", "sent", "delivered", "delivered"]
    assert await waiting(mailroom) == 1
