"""Revoking keys."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.storefronts.issue_key import IssueKey, issue_key
from tidings.storefronts.revoke_key import revoke_key


async def test_a_revoked_key_stays_revoked_since_it_first_was(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        wanted = IssueKey(name="n", principal="p", scopes=("orders",))
        issued = await issue_key(tx, wanted, actor="a", now=clock.now())
    first = clock.now()
    for _ in range(2):
        async with begin(shop.scope) as tx:
            row = await revoke_key(tx, issued.row.id, actor="staff/ada", now=clock.now())
        assert row.revoked_at == first
        clock.advance(timedelta(hours=1))
    assert [record.kind for record in await trail(begin, shop)] == ["key.created", "key.revoked"]


async def test_another_storefronts_key_is_not_found(
    begin: Begin, clock: FixedClock, shop: Shop, other_shop: Shop
) -> None:
    async with begin(other_shop.scope) as tx:
        issued = await issue_key(tx, IssueKey(name="n", principal="p", scopes=("orders",)), actor="a", now=clock.now())
    for key_id in (issued.row.id, None):
        with pytest.raises(NotFound):
            async with begin(shop.scope) as tx:
                await revoke_key(tx, key_id, actor="a", now=clock.now())
