"""What staff says of a template."""

import pytest

from tests.fixtures.facts import records
from tests.fixtures.shop import Shop
from tidings.feedback.comment import CommentOnTemplate, comment_on_template
from tidings.kit.clock import Clock
from tidings.kit.db import Begin

SAID = CommentOnTemplate("order_dispatched", "Ada Byron asks whose number it is", "staff/anna", "sms", "de", 2)


async def test_it_is_kept_and_recorded_without_its_words(begin: Begin, shop: Shop, clock: Clock) -> None:
    async with begin(shop.scope) as tx:
        row = await comment_on_template(tx, SAID, now=clock.now())
    assert (row.milestone, row.channel, row.locale, row.version) == ("order_dispatched", "sms", "de", 2)
    assert (row.comment, row.actor, row.at) == (SAID.comment, "staff/anna", clock.now())
    (record,) = await records(begin, shop, shop.id)
    assert (record["kind"], record["actor"]) == ("template.commented", "staff/anna")
    assert record["data"]["version"] == 2
    assert "Ada" not in str(record)


@pytest.mark.parametrize("mode", ["live", "test"])
async def test_it_is_the_same_in_both_modes(begin: Begin, shop: Shop, clock: Clock, mode: str) -> None:
    scope = shop.live_scope if mode == "live" else shop.scope
    async with begin(scope) as tx:
        await comment_on_template(tx, CommentOnTemplate("order_updated", "x", "staff/anna"), now=clock.now())
    async with begin.across() as tx:
        assert await tx.raw.fetchval("SELECT mode FROM records WHERE kind = 'template.commented'") is None
