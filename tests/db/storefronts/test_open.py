"""Opening a storefront."""

from dataclasses import replace

import pytest

from tests.clock import FixedClock
from tidings.kit.db import Begin, Scope
from tidings.kit.page import Window
from tidings.kit.problem import InvalidInput
from tidings.records.read import RecordFilter, records_after
from tidings.storefronts.errors import SlugTaken
from tidings.storefronts.open import OpenStorefront, open_storefront
from tidings.storefronts.policy import Policy
from tidings.storefronts.schemas import Calendar, Contact

TEAHOUSE = OpenStorefront(
    slug="teahouse",
    name="Teahouse",
    locale="de-DE",
    time_zone="Europe/Berlin",
    contact=Contact(email="hello@teahouse.example"),
    calendar=Calendar(hours={"mon": [["09:00", "17:00"]]}),
)


async def test_a_storefront_is_opened_with_defaults_and_a_record(begin: Begin, clock: FixedClock) -> None:
    async with begin.across() as tx:
        row = await open_storefront(tx, TEAHOUSE, actor="staff/ada", now=clock.now())
    assert (row.version, row.policy, row.currency) == (1, {}, "EUR")
    assert row.contact == {"email": "hello@teahouse.example"}
    assert row.calendar == {"hours": {"mon": [["09:00", "17:00"]]}}
    assert row.sales_channels == ["web", "app", "phone", "store", "marketplace"]
    async with begin.reading(Scope(row.id, "live")) as tx:
        (record,) = (await records_after(tx, RecordFilter(), Window())).items
    assert (record.kind, record.actor, record.mode, record.order_id) == ("storefront.opened", "staff/ada", None, None)
    assert "hello@" not in record.data


async def test_a_desk_that_cannot_be_written_to_is_refused(begin: Begin, clock: FixedClock) -> None:
    desk = Policy.model_validate({"desk": {"email": "anna@@shop"}})
    with pytest.raises(InvalidInput) as refusal:
        async with begin.across() as tx:
            await open_storefront(tx, replace(TEAHOUSE, policy=desk), actor="system", now=clock.now())
    assert [fault.pointer for fault in refusal.value.faults] == ["/policy/desk/email"]


async def test_a_slug_is_given_once(begin: Begin, clock: FixedClock) -> None:
    async with begin.across() as tx:
        await open_storefront(tx, TEAHOUSE, actor="system", now=clock.now())
    with pytest.raises(SlugTaken):
        async with begin.across() as tx:
            await open_storefront(tx, TEAHOUSE, actor="system", now=clock.now())
