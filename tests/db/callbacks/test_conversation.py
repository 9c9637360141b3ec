"""What a customer's words are about."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.conversation import last_word_to
from tidings.callbacks.incoming import Origin
from tidings.delivery.receive import AttemptRef


async def last(mailroom: Mailroom, origin: Origin, address: str | None) -> AttemptRef | None:
    async with mailroom.begin(mailroom.scope) as tx:
        return await last_word_to(tx, origin, address)


async def test_words_are_about_the_last_thing_said_to_that_address_on_that_channel(mailroom: Mailroom) -> None:
    sms, email = await mailroom.connect("sms"), await mailroom.connect("email")
    by_sms = {"preferred_channel": "sms"}
    await mailroom.sent(sms, customer=by_sms)
    mailroom.clock.advance(timedelta(minutes=1))
    second = await mailroom.sent(sms, customer=by_sms)
    mail = await mailroom.sent(email)
    await mailroom.sent(sms, customer=by_sms | {"phone": "+15005550102"})
    assert await last(mailroom, sms, "+15005550101") == second
    assert await last(mailroom, email, "Delivered@Sandbox.test") == mail
    assert await last(mailroom, sms, "+15005550103") is None
    assert await last(mailroom, sms, None) is None
