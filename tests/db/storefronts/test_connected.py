from tests.clock import FixedClock
from tests.fixtures.facts import told
from tests.fixtures.refunds import connected
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.storefronts.connected import providers_connected


async def test_only_what_is_there_and_in_this_mode_counts(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    for provider in ("sandbox", "stripe", "checker"):
        await connected(begin, shop, provider)
    await connected(begin, shop, "paypal", mode="live")
    await connected(begin, other_shop, "adyen")
    await told(begin, "UPDATE connections SET priority = 0 WHERE provider = 'stripe' RETURNING 1")
    await told(begin, "UPDATE connections SET paused_at = now() WHERE provider = 'checker' RETURNING 1")
    async with begin(shop.scope) as tx:
        assert await providers_connected(tx, "payment") == ["stripe", "sandbox"]
        assert await providers_connected(tx, "sms") == []
