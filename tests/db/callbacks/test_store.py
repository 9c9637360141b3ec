"""The inbox keeps every event once."""

from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.incoming import Incoming, incoming
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.store import store


async def keep(mailroom: Mailroom, *these: Incoming, unmatched: bool = False) -> list[str]:
    async with mailroom.begin.across() as tx:
        keys = {one.key for one in these} if unmatched else set()
        fresh = await store(tx, these, unmatched=keys, now=mailroom.clock.now())
    return [one.event.key for one in fresh]


async def test_an_event_is_kept_once_for_each_connection(mailroom: Mailroom) -> None:
    one, other = await mailroom.connect("email"), await mailroom.connect("email")
    event, now = ProviderEvent("k", "ignored", "open"), mailroom.clock.now()
    assert await keep(mailroom, incoming(one, event, now), incoming(one, event, now)) == ["k"]
    assert await keep(mailroom, incoming(one, event, now), incoming(other, event, now)) == ["k"]
    assert await mailroom.value("SELECT count(*) FROM inbox") == 2


async def test_what_cannot_be_applied_yet_waits_with_all_that_matching_needs(mailroom: Mailroom) -> None:
    by, now = await mailroom.connect("email"), mailroom.clock.now()
    event = ProviderEvent("k", "receipt", "bounce", "bounced", "att_" + "0" * 31 + "1", "theirs")
    await keep(mailroom, incoming(by, event, now), unmatched=True)
    (row,) = await mailroom.fetch("SELECT * FROM inbox")
    assert (row["applied_at"], row["received_at"], row["provider_message_id"]) == (None, now, "theirs")
    assert row["attempt_id"].int == 1
    assert row["event"]["status"] == "bounced"


async def test_nothing_to_keep_is_no_trouble(mailroom: Mailroom) -> None:
    assert await keep(mailroom) == []
