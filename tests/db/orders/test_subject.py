"""What a milestone is about that was told by hand."""

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import told
from tests.fixtures.shop import Shop
from tidings.issues.open import OpenIssue, open_issue
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput
from tidings.orders.load import By, order_for_update
from tidings.orders.subject import subject_told


async def test_the_only_one_that_waits_is_meant_and_of_several_one_must_be_named(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id, by = await placed(begin, shop, clock), By("staff/7", clock.now())
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        assert await subject_told(tx, order, "order_confirmation", None) == order.wire_id
        # Nothing of the kind is promised: the order itself.
        assert await subject_told(tx, order, "issue_notification", None) == order.wire_id
        for about in ("payment", "stock"):
            await open_issue(tx, order, OpenIssue("other", about), by)
    issues = [row["subject"] for row in await told(begin, "SELECT subject FROM messages WHERE subject LIKE 'iss%'")]
    async with begin(shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        for issue in issues:
            assert await subject_told(tx, order, "issue_notification", issue) == issue
        for named in (None, "iss_" + "0" * 32):
            with pytest.raises(InvalidInput) as refusal:
                await subject_told(tx, order, "issue_notification", named)
            assert [fault.pointer for fault in refusal.value.faults] == ["/subject_id"]
        await tx.raw.execute("UPDATE deadlines SET met_at = now() WHERE dedupe_key LIKE $1", f"%{issues[0]}%")
        assert await subject_told(tx, order, "issue_notification", None) == issues[1]
