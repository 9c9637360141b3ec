"""`tidings outbox …`"""

import asyncio
import json
from typing import Any

import pytest
from click.testing import Result

from tests.clock import FixedClock
from tests.fixtures.chores import opened
from tests.fixtures.command_line import Tidings
from tests.fixtures.errands import errand
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id, wire
from tidings.outbox.leave import leave_errands

MODE = ("--mode", "test")


@pytest.fixture
def outbox(tidings: Tidings):
    """`tidings outbox …`, beside the test's own event loop."""

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(tidings, "outbox", *arguments)

    return run


async def dead(mailroom: Mailroom) -> str:
    attempt = await mailroom.sent(await mailroom.connect("email"))
    await mailroom.hear(attempt, "bounced")
    return wire("msg", attempt.message_id)


async def listed(outbox: Any, mailroom: Mailroom) -> list[dict[str, Any]]:
    done = await outbox("list", mailroom.shop.slug, *MODE, "--json")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


async def test_what_waits_is_counted_by_channel_and_state(outbox: Any, mailroom: Mailroom):
    await mailroom.owed()
    await mailroom.owed()
    (waiting,) = json.loads((await outbox("depth", "--json")).stdout)
    assert (waiting["channel"], waiting["state"], waiting["messages"]) == ("email", "due", 2)
    assert "CHANNEL" in (await outbox("depth")).stdout


async def test_dead_letters_are_listed_with_their_reason(outbox: Any, mailroom: Mailroom):
    message = await dead(mailroom)
    (one,) = await listed(outbox, mailroom)
    assert (one["message"], one["kind"], one["status"]) == (message, "dead", "failed")
    assert one["milestone"] == "order_confirmation"
    assert one["reason"]
    assert (await outbox("list", mailroom.shop.slug, "--mode", "live", "--json")).stdout == "[]\n"


async def test_a_retried_letter_is_back_and_no_longer_listed(outbox: Any, mailroom: Mailroom):
    message = await dead(mailroom)
    done = await outbox("retry", mailroom.shop.slug, message, *MODE, "--reason", "mended", "--actor", "staff/eve")
    assert done.stdout == "Back in the outbox: 1.\n", done.stderr
    assert await listed(outbox, mailroom) == []
    assert await mailroom.value("SELECT count(*) FROM outbox") == 1
    assert await mailroom.value("SELECT actor FROM records WHERE kind = 'message.replayed'") == "staff/eve"


async def test_dropped_letters_are_no_longer_listed_and_do_not_go(outbox: Any, mailroom: Mailroom):
    await dead(mailroom)
    await dead(mailroom)
    done = await outbox("drop", mailroom.shop.slug, "--all", *MODE)
    assert done.stdout == "Given up: 2.\n", done.stderr
    assert await listed(outbox, mailroom) == []
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


@pytest.mark.parametrize("verb", ["retry", "drop"])
async def test_letters_are_named_or_all_are_meant(outbox: Any, mailroom: Mailroom, verb: str):
    for arguments in ((), ("msg_1", "--all")):
        refused = await outbox(verb, mailroom.shop.slug, *arguments, *MODE)
        assert refused.exit_code == 1
        assert refused.stderr == "tidings: name messages (msg_…), or say --all\n"


async def test_what_is_parked_is_shown_and_tried_again(outbox: Any, mailroom: Mailroom, clock: FixedClock, shop: Shop):
    parked = errand(shop, clock, kind="close_order", subject="shp_1")
    async with mailroom.begin(mailroom.scope) as tx:
        await leave_errands(tx, parked)
        await tx.raw.execute("UPDATE errands SET parked_at = now(), tries = 20")
    await opened(mailroom, "close_order:shp_1", "errand_parked")
    (one,) = json.loads((await outbox("parked", shop.slug, *MODE, "--json")).stdout)
    assert one == {"errand": "close_order", "about": "shp_1", "order": wire("ord", parked.order_id), "tries": 20}
    done = await outbox("resume", shop.slug, *MODE, "--actor", "staff/eve")
    assert done.stdout == "To be tried again: 1.\n", done.stderr
    assert json.loads((await outbox("parked", shop.slug, *MODE, "--json")).stdout) == []
    assert await mailroom.value("SELECT outcome FROM tasks WHERE status = 'dropped'") == "tried again by staff/eve"


async def test_a_letter_that_is_not_there_is_refused(outbox: Any, mailroom: Mailroom):
    refused = await outbox("retry", mailroom.shop.slug, wire("msg", new_id()), *MODE)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("tidings: ")
