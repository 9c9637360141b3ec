"""What belongs to no order goes by its age, unless it is about somebody under a hold."""

import pytest

from tests.clock import FixedClock
from tests.fixtures.drained import count, one
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.rounds import Keeping
from tests.fixtures.shop import Shop
from tidings.delivery.suppress import hashed
from tidings.kit.ids import new_id, wire
from tidings.retention.kinds import Reach
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.release import ReleaseHold, release_hold


async def test_what_belongs_to_no_order_goes_by_its_age(
    keeping: Keeping, mailroom: Mailroom, shop: Shop, clock: FixedClock
) -> None:
    by = await mailroom.connect("sms")
    at = clock.now().isoformat()
    await keeping.does(f"""
        INSERT INTO inbox (storefront_id, connection_id, event_key, event, received_at)
        VALUES ('{shop.id}', '{by.connection_id}', 'e-1', '{{}}', '{at}');
        INSERT INTO suppressions (storefront_id, id, mode, channel, address, reason, source, created_at, ends_at)
        VALUES ('{shop.id}', gen_random_uuid(), 'test', 'sms', '+1', 'manual', 'staff/a', '{at}', '{at}'),
               ('{shop.id}', gen_random_uuid(), 'test', 'sms', '+2', 'opt_out', 'con_1', '{at}', NULL);
        INSERT INTO tasks (storefront_id, id, mode, kind, dedupe_key, status, summary, data, opened_at, closed_at)
        VALUES ('{shop.id}', gen_random_uuid(), 'test', 'reply_received', 'k-1', 'done', 's', '{{}}', '{at}', '{at}'),
               ('{shop.id}', gen_random_uuid(), 'test', 'reply_received', 'k-2', 'open', 's', '{{}}', '{at}', NULL);
    """)
    assert (await keeping.passes(4))["callbacks"]["rows"] == 1
    assert [await count(keeping.begin, table) for table in ("inbox", "suppressions", "tasks")] == [0, 2, 2]
    await keeping.passes(24)
    # Whoever does not want to be written to is not, however long ago that was said; and nobody's work is forgotten.
    assert (await one(keeping.begin, "SELECT address FROM suppressions"))["address"] == "+2"
    assert (await one(keeping.begin, "SELECT status FROM tasks"))["status"] == "open"


LOOSE = ("inbox", "suppressions", "tasks", "record_words")


@pytest.mark.parametrize("reach", ["customer", "storefront"])
async def test_what_belongs_to_no_order_but_to_somebody_under_a_hold_stays(
    keeping: Keeping, mailroom: Mailroom, shop: Shop, clock: FixedClock, reach: Reach
) -> None:
    by = await mailroom.connect("email")
    at = clock.now().isoformat()
    for number, address in enumerate(("Ada@example.com", hashed(shop.id, "ada@example.com"), "eve@example.com")):
        task = new_id()
        await keeping.does(f"""
            INSERT INTO inbox (storefront_id, connection_id, event_key, event, received_at)
            VALUES ('{shop.id}', '{by.connection_id}', 'e-{number}', '{{"address": "{address}"}}', '{at}');
            INSERT INTO suppressions (storefront_id, id, mode, channel, address, reason, source, created_at, ends_at)
            VALUES ('{shop.id}', gen_random_uuid(), 'test', 'email', lower('{address}'), 'manual', 'staff/a', '{at}',
                    '{at}');
            INSERT INTO tasks (storefront_id, id, mode, kind, dedupe_key, status, summary, data, opened_at, closed_at)
            VALUES ('{shop.id}', '{task}', 'test', 'reply_received', 'k-{number}', 'done', 's',
                    '{{"from": "{address}"}}', '{at}', '{at}');
            INSERT INTO record_words (storefront_id, order_id, record_id, mode, subject, words, written_at)
            VALUES ('{shop.id}', '{shop.id}', gen_random_uuid(), 'test', '{wire("tsk", task)}', '{{}}', '{at}');
        """)
    async with keeping.begin(shop.scope) as tx:
        hold = PlaceHold(reach, Meant("ada@example.com") if reach == "customer" else Meant(), "why", "tests")
        hold_id = (await place_hold(tx, hold, now=clock.now())).id
    await keeping.passes(48)
    kept = 2 if reach == "customer" else 3
    assert [await count(keeping.begin, table) for table in LOOSE] == [kept] * 4
    async with keeping.begin(shop.scope) as tx:
        await release_hold(tx, ReleaseHold(hold_id, None, "tests"), now=clock.now())
    await keeping.passes(1)
    assert [await count(keeping.begin, table) for table in LOOSE] == [0] * 4
