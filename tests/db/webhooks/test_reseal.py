"""Secrets are put under the newest key."""

from datetime import timedelta

from tests.db.webhooks.test_rotate_secret import rotated
from tests.fixtures.hooked import Hooks
from tidings.kit.vault import Vault, new_vault_key
from tidings.webhooks.reseal import reseal_endpoints


async def test_both_secrets_are_opened_by_the_newest_key_alone(hooks: Hooks) -> None:
    old, new = new_vault_key(), new_vault_key()
    hooks.vault = Vault([old])
    endpoint = await hooks.add()
    await rotated(hooks, endpoint, overlap=timedelta(hours=1))
    async with hooks.begin.across() as tx:
        assert await reseal_endpoints(tx, Vault([new, old]), actor="tests", now=hooks.clock.now()) == 1
    hooks.vault = Vault([new])
    await hooks.tell()
    await hooks.worker().run_due()
    assert len(hooks.double.events) == 1
    kinds = [record["kind"] for record in await hooks.told_of("SELECT kind FROM records ORDER BY id")]
    assert kinds[-1] == "webhook_endpoint.resealed"
