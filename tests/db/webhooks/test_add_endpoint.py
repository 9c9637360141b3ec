"""An endpoint is added at the end of the log, or behind an event that is named."""

import pytest

from tests.fixtures.hooked import Hooks
from tests.fixtures.shop import Shop
from tidings.kit.problem import InvalidInput
from tidings.webhooks.add_endpoint import MOST
from tidings.webhooks.errors import TooManyEndpoints


async def test_a_new_one_is_told_of_nothing_that_could_be_read_before(hooks: Hooks) -> None:
    await hooks.tell("order.placed")
    await hooks.add()
    (later,) = await hooks.tell("order.closed")
    await hooks.worker().run_due()
    assert hooks.double.posted == [later]


async def test_it_may_begin_behind_an_event_or_with_the_first(hooks: Hooks) -> None:
    told = await hooks.tell("order.placed", "order.closed")
    await hooks.add(after=told[0])
    await hooks.worker().run_due()
    await hooks.add(after="0")
    await hooks.worker().run_due()
    assert hooks.double.posted == told[1:] + told


@pytest.mark.parametrize("after", ["x", "evt_" + "0" * 32, "9" * 40])
async def test_there_must_be_such_an_event(hooks: Hooks, after: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await hooks.add(after=after)
    assert [fault.pointer for fault in refusal.value.faults] == ["/after"]


async def test_anothers_event_is_no_place_to_begin(hooks: Hooks, other_shop: Shop) -> None:
    (told,) = await hooks.tell(scope=other_shop.scope)
    with pytest.raises(InvalidInput):
        await hooks.add(after=told)


async def test_there_are_only_so_many(hooks: Hooks, shop: Shop) -> None:
    for _ in range(MOST):
        await hooks.add()
    with pytest.raises(TooManyEndpoints):
        await hooks.add()
    await hooks.add(shop.live_scope)


async def test_nothing_of_address_and_secret_is_on_record_and_the_secret_is_sealed(hooks: Hooks) -> None:
    endpoint = await hooks.add(description="of the tests")
    (record,) = await hooks.told_of("SELECT * FROM records")
    assert "127.0.0.1" not in str(record)
    assert hooks.double.secret not in str(record)
    assert hooks.double.secret.encode() not in (await hooks.row(endpoint))["secret"]
