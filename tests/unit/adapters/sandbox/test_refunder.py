from dataclasses import replace

from tidings.adapters.sandbox.refunder import RESERVED_REFUNDS, SandboxRefunder
from tidings.changes.ports import RefundAsked, RefundRefused, RefundSilent, RefundSucceeded, RefundTaken

ASKED = RefundAsked("rfd_1", "W-1", "pi_123", 100, "EUR")
KINDS = {
    "pi_refund_refused": RefundRefused,
    "pi_refund_pending": RefundTaken,
    "pi_refund_silent": RefundSilent,
    "pi_123": RefundSucceeded,
}


async def test_reserved_references_force_each_outcome() -> None:
    sandbox = SandboxRefunder()
    for reference, kind in KINDS.items():
        for name in (reference, f"{reference}+2"):
            assert isinstance(await sandbox.refund(replace(ASKED, payment_reference=name)), kind)
    assert set(KINDS) - {"pi_123"} == set(RESERVED_REFUNDS)
    await sandbox.close()


async def test_what_was_taken_is_paid_when_asked_again() -> None:
    pending = replace(ASKED, payment_reference="pi_refund_pending")
    taken = await SandboxRefunder().refund(pending)
    assert isinstance(taken, RefundTaken)
    known = replace(pending, provider_refund_id=taken.provider_refund_id)
    assert await SandboxRefunder().refund(known) == RefundSucceeded(taken.provider_refund_id)
