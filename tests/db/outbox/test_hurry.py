"""Work that need not wait any longer."""

from tests.fixtures.mailroom import Mailroom
from tidings.kit.scope import Scope
from tidings.outbox.hurry import hurry


async def hurried(mailroom: Mailroom, scope: Scope | None = None, *, queue: str = "email", state: str = "") -> bool:
    """Whether a message that is due in an hour, in some state, is due now."""
    await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(f"UPDATE outbox SET due_at = now() + interval '1 hour'{state}")
    async with mailroom.begin(scope or mailroom.scope) as tx:
        await hurry(tx, queue)
    due: bool = await mailroom.value("SELECT due_at <= now() FROM outbox")
    return due


async def test_what_waits_on_a_mended_channel_is_due_now_and_the_worker_is_woken(mailroom: Mailroom) -> None:
    woken: list[bool] = []
    mailroom.begin.on_work = lambda: woken.append(True)
    assert await hurried(mailroom)
    assert woken


async def test_another_channel_goes_on_waiting(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, queue="sms")


async def test_the_other_mode_goes_on_waiting(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, mailroom.shop.live_scope)


async def test_what_a_worker_holds_stays_held(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, state=", lease_token = gen_random_uuid()")


async def test_what_a_person_must_look_at_first_stays_parked(mailroom: Mailroom) -> None:
    assert not await hurried(mailroom, state=", parked_at = now()")
