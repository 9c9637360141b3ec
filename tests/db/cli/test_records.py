"""`tidings records …`"""

import asyncio
import json

from tests.fixtures.command_line import Tidings
from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import new_id, wire

MODE = ("--mode", "test", "--json")


async def test_the_trail_of_an_order_is_listed_oldest_first(tidings: Tidings, mailroom: Mailroom):
    message = await mailroom.owed()
    await mailroom.owed()
    order = wire("ord", message.order_id)
    done = await asyncio.to_thread(tidings, "records", "list", mailroom.shop.slug, "--order", order, *MODE)
    (record,) = json.loads(done.stdout)
    assert (record["kind"], record["order_id"]) == ("order.placed", order)


async def test_a_long_trail_goes_on_where_it_ended(tidings: Tidings, mailroom: Mailroom):
    for _ in range(3):
        await mailroom.owed()
    first = await asyncio.to_thread(tidings, "records", "list", mailroom.shop.slug, "--limit", "2", *MODE)
    cursor = first.stderr.removeprefix("More: --cursor ").strip()
    second = await asyncio.to_thread(
        tidings, "records", "list", mailroom.shop.slug, "--limit", "2", "--cursor", cursor, *MODE
    )
    ids = [record["id"] for done in (first, second) for record in json.loads(done.stdout)]
    assert len(set(ids)) == len(ids) == 3
    assert second.stderr == ""


async def test_what_is_no_order_is_refused(tidings: Tidings, mailroom: Mailroom):
    for order in ("W-1", wire("msg", new_id())):
        refused = await asyncio.to_thread(tidings, "records", "list", mailroom.shop.slug, "--order", order)
        assert refused.exit_code == 1
        assert "is no order's id" in refused.stderr
