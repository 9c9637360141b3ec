"""What a customer's words are about."""

from dataclasses import replace
from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.callbacks.conversation import last_words_to
from tidings.callbacks.incoming import Incoming, Origin, incoming
from tidings.callbacks.ports import ProviderEvent
from tidings.delivery.receive import AttemptRef
from tidings.kit.ids import new_id


def words(mailroom: Mailroom, origin: Origin, address: str | None) -> Incoming:
    event = ProviderEvent(str(new_id()), "reply", "received", address=address, text="?")
    return incoming(origin, event, mailroom.clock.now())


async def last(mailroom: Mailroom, *these: Incoming) -> list[AttemptRef | None]:
    async with mailroom.begin.across() as tx:
        found = await last_words_to(tx, these)
    return [found.get(one.key) for one in these]


async def test_words_are_about_the_last_thing_said_to_that_address_on_that_channel(mailroom: Mailroom) -> None:
    sms, email = await mailroom.connect("sms"), await mailroom.connect("email")
    by_sms = {"preferred_channel": "sms"}
    await mailroom.sent(sms, customer=by_sms)
    mailroom.clock.advance(timedelta(minutes=1))
    second = await mailroom.sent(sms, customer=by_sms)
    mail = await mailroom.sent(email)
    await mailroom.sent(sms, customer=by_sms | {"phone": "+15005550102"})
    assert await last(
        mailroom,
        words(mailroom, sms, "+15005550101"),
        words(mailroom, email, "Delivered@Sandbox.test"),
        words(mailroom, sms, "+15005550103"),
        words(mailroom, sms, None),
    ) == [second, mail, None, None]


async def test_words_are_about_nothing_that_another_shop_or_mode_has_said(mailroom: Mailroom, other_shop: Shop) -> None:
    sms = await mailroom.connect("sms")
    await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    elsewhere, live = replace(sms, storefront_id=other_shop.id), replace(sms, mode="live")
    assert await last(mailroom, words(mailroom, elsewhere, "+15005550101"), words(mailroom, live, "+15005550101")) == [
        None,
        None,
    ]
