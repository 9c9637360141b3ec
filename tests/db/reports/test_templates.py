"""What became of messages, by the version of the template that they were made from."""

from datetime import timedelta
from uuid import UUID

from tests.db.feedback.counter import Rated
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.reports.template_schemas import TemplateReport
from tidings.reports.templates import AskedTemplates, template_reports

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def report(mailroom: Mailroom, **asked: str) -> list[TemplateReport]:
    now = mailroom.clock.now()
    async with mailroom.begin(mailroom.scope) as tx:
        return await template_reports(tx, AskedTemplates(now - DAY, now + DAY, **asked))


async def became(mailroom: Mailroom, message_id: UUID, status: str, took: timedelta = MINUTE, **message: str) -> None:
    """What became of a message's only attempt, and of the message."""
    async with mailroom.begin.across() as tx:
        outcome = "permanent" if status == "failed" else "accepted"
        await tx.raw.execute(
            "UPDATE attempts SET status = $2, outcome = $3, finished_at = (SELECT created_at + $4 FROM messages m "
            "WHERE m.id = attempts.message_id) WHERE message_id = $1",
            message_id, status, outcome, took,
        )  # fmt: skip
        for column in message:
            await tx.raw.execute(f"UPDATE messages SET {column} = now() WHERE id = $1", message_id)


async def replied(mailroom: Mailroom, message_id: UUID) -> None:
    order_id = (await mailroom.message(message_id)).order_id
    entry = Entry(
        mailroom.shop.id, order_id, mailroom.mode, "reply.received", wire("msg", message_id), "provider/x",
        mailroom.clock.now(),
    )  # fmt: skip
    async with mailroom.begin.across() as tx:
        await append(tx, entry, entry)


async def test_each_version_is_counted_beside_the_one_before(rated: Rated) -> None:
    mailroom = rated.mailroom
    first = [await rated.told(version=1) for _ in range(3)]
    second = [await rated.told(version=2) for _ in range(2)]
    for message_id, status in zip(first, ("delivered", "bounced", "failed"), strict=True):
        await became(mailroom, message_id, status)
    await became(mailroom, second[0], "delivered", 2 * MINUTE)
    await became(mailroom, second[1], "sent", 4 * MINUTE)
    await rated.give(first[0], 2)
    await rated.give(second[0], 5)
    await rated.give(second[1], 4)
    one, two = await report(mailroom)
    assert (one.milestone, one.channel, one.locale, one.version) == ("order_confirmation", "email", "de", 1)
    assert (one.made, one.sent, one.delivered, one.failed) == (3, 2, 1, 2)
    assert (one.ratings.count, one.ratings.average, one.before) == (1, 2.0, None)
    assert (two.version, two.made, two.sent, two.delivered, two.failed) == (2, 2, 2, 1, 0)
    assert (two.ratings.count, two.ratings.average) == (2, 4.5)
    assert (two.response_time.p50, two.response_time.max) == (180.0, 240.0)
    assert two.before is not None
    assert two.before.model_dump() == one.model_dump(exclude={"milestone", "channel", "locale", "before"})


async def test_complaints_opt_outs_and_replies_are_counted_once_a_message(rated: Rated) -> None:
    mailroom = rated.mailroom
    message_id = await rated.told()
    await became(mailroom, message_id, "delivered", complained_at="", opted_out_at="")
    await replied(mailroom, message_id)
    await rated.told()
    (row,) = await report(mailroom)
    assert (row.made, row.complained, row.opted_out, row.replied) == (2, 1, 1, 1)


async def test_a_message_that_went_another_way_counts_on_each_channel(rated: Rated) -> None:
    """Refused as an e-mail, it was sent as a text message: that one has arrived, and is what the customer answered."""
    mailroom = rated.mailroom
    message_id = await rated.told(version=3)
    await became(mailroom, message_id, "failed")
    message, by = await mailroom.message(message_id), await mailroom.connect("sms")
    await mailroom.attempt(message, by, status="delivered")
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET channel = 'sms' WHERE id = $1", message_id)
        await tx.raw.execute(
            "INSERT INTO contents SELECT storefront_id, order_id, message_id, 'sms', template, version, locale, "
            "subject, text, html, extras, rendered_at FROM contents"
        )
    await replied(mailroom, message_id)
    await rated.give(message_id, 5, channel="sms")
    email, sms = await report(mailroom)
    assert (email.channel, email.sent, email.failed, email.replied, email.ratings.count) == ("email", 0, 1, 0, 0)
    assert (sms.channel, sms.sent, sms.delivered, sms.failed) == ("sms", 1, 1, 0)
    assert (sms.replied, sms.ratings.count) == (1, 1)


async def test_a_retry_that_arrives_makes_good_what_was_refused(rated: Rated) -> None:
    message_id = await rated.told()
    await became(rated.mailroom, message_id, "failed")
    message, by = await rated.mailroom.message(message_id), await rated.mailroom.connect("email")
    await rated.mailroom.attempt(message, by, status="delivered")
    (row,) = await report(rated.mailroom)
    assert (row.made, row.sent, row.delivered, row.failed) == (1, 1, 1, 0)


async def test_only_what_is_asked_for(rated: Rated) -> None:
    await rated.told()
    await rated.told(channel="sms", locale="en")
    assert [(row.channel, row.locale) for row in await report(rated.mailroom)] == [("email", "de"), ("sms", "en")]
    assert [row.channel for row in await report(rated.mailroom, channel="sms")] == ["sms"]
    assert [row.channel for row in await report(rated.mailroom, locale="de")] == ["email"]
    assert await report(rated.mailroom, milestone="order_dispatched") == []
    rated.mailroom.clock.advance(3 * DAY)
    assert await report(rated.mailroom) == []
    rated.mailroom.mode = "live"
    rated.mailroom.clock.advance(-3 * DAY)
    assert await report(rated.mailroom) == []


async def test_what_was_not_sent_yet_has_taken_no_time(rated: Rated) -> None:
    message_id = await rated.told()
    await became(rated.mailroom, message_id, "started")
    async with rated.mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE attempts SET outcome = NULL, finished_at = NULL")
    (row,) = await report(rated.mailroom)
    assert (row.made, row.sent, row.failed) == (1, 0, 0)
    assert (row.response_time.p50, row.response_time.max) == (None, None)
