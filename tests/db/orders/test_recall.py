"""What was placed is told again to whoever repeats the request, though it would not be taken any more."""

from tests.clock import FixedClock
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.idempotency import KeyUsedOtherwise
from tidings.kit.problem import InvalidInput
from tidings.orders.place import Placed
from tidings.orders.recall import Refused, recall_answers


async def test_each_is_answered_as_its_key_was_first(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    first = await place(begin, shop, clock.now(), key="k-1", fingerprint=b"f")
    wrong = InvalidInput()
    asked = [Refused(wrong), Refused(wrong, "k-1", b"f"), Refused(wrong, "k-1", b"g"), Refused(wrong, "k-2", b"f")]
    unkeyed, again, otherwise, unknown = await recall_answers(begin, shop.scope, asked)
    assert unkeyed is unknown is wrong
    assert again == Placed(first.order_id, 201, first.body, replayed=True)
    assert isinstance(otherwise, KeyUsedOtherwise)


async def test_a_key_of_the_other_mode_is_another_key(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await place(begin, shop, clock.now(), key="k-1", fingerprint=b"f")
    wrong = InvalidInput()
    assert await recall_answers(begin, shop.live_scope, [Refused(wrong, "k-1", b"f")]) == [wrong]
    assert await recall_answers(begin, shop.scope, []) == []
