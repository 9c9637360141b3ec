"""Kept answers that tell a secret go under the newest key."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.kit.test_once import Holder, Made, request
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.idempotency import Replayed
from tidings.kit.once import Once
from tidings.kit.reseal_answers import Resealed, reseal_answers
from tidings.kit.vault import Vault, VaultClosed, new_vault_key

Post = Callable[..., object]


@pytest.fixture
def post(begin: Begin, clock: FixedClock, shop: Shop) -> Post:
    async def carry_out(vault: Vault, key: str = "k-1", *, is_secret: bool = True) -> bytes:
        once = Once(request(key), begin, vault, now=clock.now(), wait=timedelta(seconds=1))
        try:
            async with once(Holder(shop.scope)):
                answer = once.answer(201, Made(number=7), is_secret=is_secret)
        except Replayed as again:
            return b"again " + bytes(again.response.body)
        return bytes(answer.body)

    return carry_out


async def test_a_post_is_repeated_when_the_old_key_is_gone(begin: Begin, post: Post) -> None:
    old, new, lost = new_vault_key(), new_vault_key(), new_vault_key()
    assert await post(Vault([old])) == b'{"number":7}'
    await post(Vault([old]), "k-2", is_secret=False)
    await post(Vault([lost]), "k-3")
    with pytest.raises(VaultClosed):
        await post(Vault([new]))
    async with begin.across() as tx:
        assert await reseal_answers(tx, Vault([new, old])) == Resealed(1, 1)
    assert await post(Vault([new])) == b'again {"number":7}'
    assert await post(Vault([new]), "k-2", is_secret=False) == b'again {"number":7}'
    with pytest.raises(VaultClosed):
        await post(Vault([new]), "k-3")
    assert await post(Vault([lost]), "k-3") == b'again {"number":7}'


async def test_without_sealed_answers_there_is_nothing_to_do(begin: Begin) -> None:
    async with begin.across() as tx:
        assert await reseal_answers(tx, Vault([])) == Resealed(0, 0)
