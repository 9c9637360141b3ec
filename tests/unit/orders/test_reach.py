"""Who is told of a change of contact, and where: never twice at the same address."""

from dataclasses import replace

import pytest

from tidings.milestones.facts import Party
from tidings.milestones.plan import channel_plan
from tidings.milestones.table import TABLE
from tidings.orders.reach import changed_contacts, farewell, newcomer

ADA = Party(
    name="Ada", email="ada@shop.test", phone="+491", devices=({"platform": "fcm", "token": "t-1"},),
    preferred_channel=None, locale="de", time_zone="UTC",
)  # fmt: skip


def first(party: Party) -> str | None:
    plan = channel_plan(party, TABLE["contact_changed"].channels)
    return plan[0]["to"] if plan else None


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({}, []),
        ({"name": "Ada King"}, []),
        ({"email": "ADA@Shop.test"}, []),
        ({"email": "new@shop.test"}, ["email"]),
        ({"phone": None, "preferred_channel": "email"}, ["phone", "preferred_channel"]),
        ({"devices": ()}, ["devices"]),
    ],
)
def test_what_is_different_about_reaching_somebody(change, changed):
    assert changed_contacts(ADA, replace(ADA, **change)) == changed


@pytest.mark.parametrize(
    ("before", "after", "new", "old"),
    [
        # What has changed is told to what it was, and to what it is.
        ({}, {"email": "new@shop.test"}, "new@shop.test", "ada@shop.test"),
        ({}, {"phone": "+492"}, "+492", "+491"),
        ({}, {"email": "new@shop.test", "phone": "+492"}, "new@shop.test", "ada@shop.test"),
        ({"preferred_channel": "sms"}, {"email": "new@shop.test"}, "new@shop.test", "ada@shop.test"),
        # Gone: told there for the last time, and wherever else they are.
        ({}, {"email": None}, "+491", "ada@shop.test"),
        # Come: told there, and where they were before.
        ({"email": None}, {}, "ada@shop.test", "+491"),
        ({"phone": None}, {}, "+491", "ada@shop.test"),
        # The same addresses in another order.
        ({}, {"preferred_channel": "sms"}, "+491", "ada@shop.test"),
        # There is no other place.
        ({"phone": None, "devices": ()}, {"phone": None}, "ada@shop.test", None),
    ],
)
def test_both_sides_are_told(before, after, new, old):
    was, is_now = replace(ADA, **before), replace(ADA, **after)
    arrived = newcomer(was, is_now)
    assert first(arrived) == new
    assert first(farewell(was, is_now, arrived)) == old
