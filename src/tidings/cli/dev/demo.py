"""The demo storefronts, made ready over a runtime."""

from collections.abc import Sequence
from uuid import UUID

from tidings.bootstrap import Runtime
from tidings.kit.db import Scope
from tidings.kit.vault import VaultClosed
from tidings.storefronts.change_connection import remove_connection
from tidings.storefronts.demo import DEMO, ensure_demo
from tidings.storefronts.kinds import CHANNELS_OF_CONNECTIONS
from tidings.storefronts.open import OpenStorefront
from tidings.storefronts.queries import connection_named, storefront_by_slug


async def open_demo(runtime: Runtime, keys: Sequence[str], shop: OpenStorefront = DEMO) -> None:
    """Make whatever is missing of a demo storefront, its sandbox connections and these keys.

    Raises:
        InvalidInput: one of the keys is no key.
        KeyTaken: one of the keys is somebody else's, or works no more.
    """
    async with runtime.begin.across() as tx:
        there = await storefront_by_slug(tx, shop.slug)
    if there is not None:
        await _forget_sealed(runtime, there.id)
    now = runtime.clock.now()
    await ensure_demo(runtime.begin, keys, catalogue=runtime.registry, vault=runtime.vault, now=now, shop=shop)


async def _forget_sealed(runtime: Runtime, storefront_id: UUID) -> None:
    """Remove sandbox connections that another data folder's key has sealed: nobody can use them, new ones are made."""
    async with runtime.begin(Scope(storefront_id, "test")) as tx:
        for channel in CHANNELS_OF_CONNECTIONS:
            there = await connection_named(tx, f"sandbox-{channel}")
            if there is None:
                continue
            try:
                runtime.vault.open_all(there.secrets)
            except VaultClosed:
                await remove_connection(tx, there.id, actor="system", now=runtime.clock.now())
