"""What follows from events: replies, opt-outs, opt-ins, failures that may pass."""

from datetime import timedelta

from tests.db.callbacks.test_receive import receipt, take
from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.ports import ProviderEvent


async def test_a_reply_is_given_to_a_person_with_the_order_that_it_answers(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    reply = ProviderEvent("SM1:inbound", "reply", "received", address="+15005550101", text="where is it?")
    assert await take(mailroom, sms, reply) == 1
    assert await take(mailroom, sms, reply) == 0
    (task,) = await mailroom.fetch("SELECT kind, order_id, data FROM tasks")
    assert (task["kind"], task["order_id"]) == ("reply_received", attempt.order_id)
    assert task["data"]["text"] == "where is it?"
    assert task["data"]["message"] == f"msg_{attempt.message_id.hex}"
    (record,) = await mailroom.fetch("SELECT subject, data FROM records WHERE kind = 'reply.received'")
    assert record["subject"] == f"msg_{attempt.message_id.hex}"
    assert "where" not in str(record["data"])
    assert "+1500" not in str(record["data"])


async def test_a_reply_from_a_stranger_is_given_to_a_person_too(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    await take(mailroom, sms, ProviderEvent("k", "reply", "received", address="+4915112345678", text="hello"))
    await take(mailroom, sms, ProviderEvent("l", "reply", "received", text="from nobody"))
    rows = await mailroom.fetch("SELECT order_id FROM tasks WHERE kind = 'reply_received'")
    assert [row["order_id"] for row in rows] == [None, None]


async def test_a_stop_suppresses_the_number_and_marks_the_last_message(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    await take(mailroom, sms, ProviderEvent("k", "opt_out", "STOP", address="+15005550101", text="STOP"))
    assert (await mailroom.message(attempt.message_id)).opted_out_at == mailroom.clock.now()
    (row,) = await mailroom.fetch("SELECT channel, address, reason FROM suppressions")
    assert tuple(row) == ("sms", "+15005550101", "opt_out")


async def test_a_stop_of_a_stranger_suppresses_all_the_same_and_start_takes_it_back(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    await take(mailroom, sms, ProviderEvent("k", "opt_out", "STOP", address="+4915112345678"))
    assert await mailroom.value("SELECT ends_at FROM suppressions") is None
    mailroom.clock.advance(timedelta(minutes=1))
    await take(mailroom, sms, ProviderEvent("l", "opt_in", "START", address="+4915112345678"))
    assert await mailroom.value("SELECT ends_at FROM suppressions") == mailroom.clock.now()


async def test_a_yes_of_somebody_who_has_nothing_to_take_back_is_given_to_a_person(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    yes = ProviderEvent("SM1:inbound", "opt_in", "received", address="+15005550101", text="Yes")
    assert await take(mailroom, sms, yes) == 1
    (task,) = await mailroom.fetch("SELECT kind, order_id, data FROM tasks")
    assert (task["kind"], task["order_id"], task["data"]["text"]) == ("reply_received", attempt.order_id, "Yes")


async def test_whoever_takes_a_stop_back_is_not_read_by_anybody(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    await take(mailroom, sms, ProviderEvent("k", "opt_out", "received", address="+4915112345678", text="STOP"))
    await take(mailroom, sms, ProviderEvent("l", "opt_in", "received", address="+4915112345678", text="START"))
    assert await mailroom.value("SELECT count(*) FROM suppressions WHERE ends_at IS NULL") == 0
    # Another provider's list tells it without words.
    await take(mailroom, sms, ProviderEvent("m", "opt_in", "group_resubscribe", address="+4915112345678"))
    assert await mailroom.value("SELECT count(*) FROM tasks") == 0


async def test_a_failure_that_may_pass_is_remembered_as_one(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"email": None, "preferred_channel": "sms"})
    await take(mailroom, sms, receipt(attempt.id, "failed", may_pass=True))
    assert (await mailroom.message(attempt.message_id)).status == "sending"
