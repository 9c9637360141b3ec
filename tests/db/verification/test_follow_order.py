from datetime import timedelta
from uuid import UUID

from tests.db.verification.store import Store, line
from tidings.kit.ids import new_id
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.shipments.contents import Packed
from tidings.shipments.dispatch import DispatchShipment, dispatch_shipment


async def being_shipped(store: Store, *lines: dict) -> UUID:
    order_id = await store.order(*lines)
    await store.work()
    async with store.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET status = 'processing'")
    return order_id


async def send(store: Store, order_id: UUID, *packed: tuple[int, int]) -> None:
    command = DispatchShipment(order_id, "DHL", "1", None, [Packed(*each) for each in packed], "staff/7")
    async with store.begin(store.shop.scope) as tx:
        await dispatch_shipment(tx, command, now=store.clock.now())


async def test_what_is_in_each_parcel_leaves_the_ledger_with_it(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await being_shipped(store, line("TEA", 3), line("POT"))
    await send(store, order_id, (1, 2))
    await store.work()
    assert await store.stock() == {"TEA": (3, 1), "POT": (1, 1)}
    await send(store, order_id)
    await store.work()
    assert await store.stock() == {"TEA": (2, 0), "POT": (0, 0)}
    assert await store.promised(order_id) == {"TEA": (0, 3, "committed"), "POT": (0, 1, "committed")}
    assert await store.is_sound()


async def test_a_parcel_tells_what_was_in_it_though_the_lines_have_changed_since(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await being_shipped(store, line("TEA", 3), line("POT"))
    await send(store, order_id, (1, 2))
    await store.relined(order_id, line("POT"), line("TEA", 3))
    await store.work()
    assert await store.stock() == {"TEA": (3, 1), "POT": (1, 1)}


async def test_services_are_in_no_parcel(store: Store) -> None:
    await store.has(TEA=5, HELP=5)
    order_id = await being_shipped(store, line("TEA"), line("HELP", kind="service"))
    await send(store, order_id, (1, 1), (2, 1))
    await store.work()
    assert await store.stock() == {"TEA": (4, 0), "HELP": (5, 0)}


async def test_a_cancellation_gives_back_what_has_not_left(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await being_shipped(store, line("TEA", 3))
    await send(store, order_id, (1, 1))
    async with store.begin(store.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "test", "staff/7"), now=store.clock.now())
    await store.work(at_once=True)
    store.clock.advance(timedelta(seconds=1))
    await store.work()
    assert await store.stock() == {"TEA": (4, 0)}
    assert await store.is_sound()


async def test_what_has_left_is_nobody_elses_though_its_order_was_cancelled_right_after(store: Store) -> None:
    await store.has(TEA=3)
    order_id, waiting = await being_shipped(store, line("TEA", 3)), await store.order(line("TEA", 3))
    await store.work()
    await send(store, order_id, (1, 1))
    async with store.begin(store.shop.scope) as tx:
        await cancel_order(tx, CancelOrder(order_id, "test", "staff/7"), now=store.clock.now())
    # Whichever of them a worker begins first.
    for errand in sorted(await store.fetch(), key=lambda each: each.kind != "release_stock"):
        await store.carry_out(errand)
        await store.work()
    store.clock.advance(timedelta(seconds=1))
    await store.work()
    await store.work()
    assert await store.stock() == {"TEA": (2, 0)}
    assert (await store.checks(waiting))[1] == "failed"
    assert await store.is_sound()


async def test_of_an_order_that_is_gone_nothing_is_left_to_do(store: Store) -> None:
    for kind in ("commit_stock", "release_stock", "expire_unpaid", "check_stock", "check_payment"):
        await store.errand(kind, new_id(), goods=[])
    await store.work()
    assert await store.waiting() == []
