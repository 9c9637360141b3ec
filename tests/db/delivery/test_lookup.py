"""One message, as its storefront and mode see it."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.lookup import message_by_id
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound


@pytest.mark.parametrize("lock", [False, True])
async def test_a_message_is_found_by_its_own_storefront_and_mode(
    mailroom: Mailroom, other_shop: Shop, *, lock: bool
) -> None:
    message = await mailroom.owed()
    async with mailroom.begin(mailroom.scope) as tx:
        assert (await message_by_id(tx, message.id, lock=lock)).id == message.id
    for scope, wanted in (
        (mailroom.shop.live_scope, message.id),
        (other_shop.scope, message.id),
        (mailroom.scope, new_id()),
        (mailroom.scope, None),
    ):
        with pytest.raises(NotFound):
            async with mailroom.begin(scope) as tx:
                await message_by_id(tx, wanted, lock=lock)
