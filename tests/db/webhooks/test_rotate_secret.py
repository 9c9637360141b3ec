"""A secret is replaced, and nothing is refused meanwhile."""

from datetime import timedelta
from uuid import UUID

from tests.doubles.hooked import is_signed
from tests.fixtures.hooked import Hooks
from tidings.webhooks.rotate_secret import RotateSecret, rotate_secret


async def rotated(hooks: Hooks, endpoint: UUID, **more: object) -> str:
    command = RotateSecret(
        endpoint_id=endpoint,
        actor="tests",
        **{"overlap": timedelta(hours=24)} | more,  # type: ignore[arg-type]
    )
    async with hooks.begin(hooks.scope) as tx:
        told = await rotate_secret(tx, command, judge=hooks.judge, vault=hooks.vault, now=hooks.clock.now())
    return told.secret


async def test_both_secrets_sign_until_the_overlap_has_ended(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    secret = await rotated(hooks, endpoint)
    worker = hooks.worker()
    await hooks.tell()
    await worker.run_due()
    (both,) = hooks.double.requests
    assert [is_signed(both, each) for each in (hooks.double.secret, secret)] == [True, True]
    assert len(both.headers["webhook-signature"].split(" ")) == 2
    hooks.clock.advance(timedelta(hours=24))
    hooks.double.secret = secret
    await hooks.tell()
    await worker.run_due()
    assert len(hooks.double.requests[-1].headers["webhook-signature"].split(" ")) == 1
    assert len(hooks.double.events) == 2


async def test_one_that_is_known_to_others_signs_no_more_at_once(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    mine = "whsec_" + "A" * 32
    assert await rotated(hooks, endpoint, secret=mine, overlap=timedelta()) == mine
    await hooks.tell()
    await hooks.worker().run_due()
    (request,) = hooks.double.requests
    assert is_signed(request, mine)
    assert not is_signed(request, hooks.double.secret)
    assert (await hooks.row(endpoint))["previous_secret"] is None


async def test_that_it_was_replaced_is_on_record_and_what_with_is_not(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    secret = await rotated(hooks, endpoint)
    *_, record = await hooks.told_of("SELECT * FROM records ORDER BY id")
    assert record["kind"] == "webhook_endpoint.secret_rotated"
    assert secret not in str(record)
