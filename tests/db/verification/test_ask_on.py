from datetime import timedelta

import pytest

from tests.db.verification.store import Store
from tidings.orders.load import order_for_update
from tidings.verification.ask_on import ask_on
from tidings.verification.ports import NotYet


async def asked_on(store: Store, **payment: object) -> list[tuple[str, timedelta]]:
    order_id = await store.order(payment={"method": "card", "reference": "pi_1"} | payment)
    await store.work()
    async with store.begin(store.shop.scope) as tx:
        await ask_on(tx, await order_for_update(tx, order_id), store.by)
    return [waiting for waiting in await store.waiting() if waiting[0] == "check_payment"]


async def test_who_asks_asks_at_once(store: Store) -> None:
    await store.decide(payment="provider")
    store.oracle.answers = [NotYet("under way", timedelta(hours=1))]
    assert await asked_on(store) == [("check_payment", timedelta())]


@pytest.mark.parametrize(("reference", "count"), [("pi_1", 1), (None, 0)])
async def test_where_nobody_asks_it_is_begun_anew_if_money_may_have_come(
    reference: str | None, count: int, store: Store
) -> None:
    assert await asked_on(store, reference=reference) == [("check_payment", timedelta())] * count
