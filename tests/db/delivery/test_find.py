"""Attempts found by what providers say of them."""

from uuid import UUID

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.find import Addressed, Sought, find_attempts, heads, latest_attempts_to
from tidings.delivery.receive import AttemptRef
from tidings.kit.ids import new_id


async def find(mailroom: Mailroom, *sought: Sought) -> list[AttemptRef | None]:
    async with mailroom.begin.across() as tx:
        found = await find_attempts(tx, sought)
    return [found.get(place) for place in range(len(sought))]


async def test_our_own_id_finds_the_attempt_over_the_connection_that_was_used(mailroom: Mailroom) -> None:
    by, other = await mailroom.connect("email"), await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    shop = mailroom.shop.id
    assert await find(
        mailroom,
        Sought(shop, by.connection_id, attempt.id, None),
        Sought(shop, other.connection_id, attempt.id, None),
        Sought(new_id(), by.connection_id, attempt.id, None),
        Sought(shop, by.connection_id, None, None),
    ) == [attempt, None, None, None]


async def test_the_providers_id_finds_it_also_with_parts_added(mailroom: Mailroom) -> None:
    by, other = await mailroom.connect("email"), await mailroom.connect("email")
    short = await mailroom.sent(by, provider_message_id="14c5d75ce93")
    longer = await mailroom.sent(by, provider_message_id="14c5d75ce93.dfd.64b469")

    def sought(name: str, connection: UUID = by.connection_id) -> Sought:
        return Sought(mailroom.shop.id, connection, None, name)

    assert await find(
        mailroom,
        sought("14c5d75ce93"),
        sought("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0"),
        sought("14c5d75ce93.other"),
        sought("14c5d75"),
        sought("14c5d75ce93", other.connection_id),
    ) == [short, longer, short, None, None]


async def test_our_id_counts_before_the_providers(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    one, other = await mailroom.sent(by), await mailroom.sent(by, provider_message_id="theirs-of-the-other")
    both = Sought(mailroom.shop.id, by.connection_id, one.id, "theirs-of-the-other")
    stale = Sought(mailroom.shop.id, by.connection_id, new_id(), "theirs-of-the-other")
    assert await find(mailroom, both, stale) == [one, other]


async def test_the_latest_attempt_to_an_address_is_found_among_orders(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    first, second = await mailroom.sent(by), await mailroom.sent(by)
    orders = [first.order_id, second.order_id]
    shop = mailroom.shop.id
    addressed = [
        Addressed(shop, "email", "DELIVERED@sandbox.test", orders),
        Addressed(shop, "email", "delivered@sandbox.test", orders[:1]),
        Addressed(shop, "sms", "+1", orders),
        Addressed(new_id(), "email", "delivered@sandbox.test", orders),
        Addressed(shop, "email", "delivered@sandbox.test", ()),
    ]
    async with mailroom.begin.across() as tx:
        assert await latest_attempts_to(tx, addressed) == {0: second, 1: first}
        assert await latest_attempts_to(tx, []) == {}


def test_the_heads_of_an_id_end_where_it_is_no_id_any_more() -> None:
    assert list(heads("abcdefgh.1.2")) == ["abcdefgh.1.2", "abcdefgh.1", "abcdefgh"]
    assert list(heads("abc.defgh")) == ["abc.defgh"]
    assert list(heads("short")) == []
