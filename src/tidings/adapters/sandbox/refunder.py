"""The sandbox as a refunder: reserved payment references force each outcome, anything else is paid back at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tidings.changes.ports import (
    RefundAsked,
    RefundOutcome,
    RefundRefused,
    RefundSilent,
    RefundSucceeded,
    RefundTaken,
)  # fmt: skip

_ASK_AFTER: Final = timedelta(seconds=5)

# What the payment reference is, and what its refund comes to.
RESERVED_REFUNDS: Final[Mapping[str, str]] = {
    "pi_refund_refused": "refused",
    "pi_refund_pending": "taken, and paid back when it is asked again",
    "pi_refund_silent": "no answer that makes sense",
}


class SandboxRefunder:
    """Answers by name; nothing is kept of it, so the same wish is answered in the same way however often it comes."""

    async def refund(self, asked: RefundAsked) -> RefundOutcome:
        """Answer; `pi_refund_refused+2` is `pi_refund_refused`."""
        known = f"re_sandbox_{asked.refund_id.removeprefix('rfd_')}"
        match asked.payment_reference.partition("+")[0]:
            case "pi_refund_refused":
                return RefundRefused("the sandbox plays a refund that is refused")
            case "pi_refund_pending" if asked.provider_refund_id is None:
                return RefundTaken(known, _ASK_AFTER)
            case "pi_refund_silent":
                return RefundSilent("the sandbox plays a provider that is out of order")
            case _:
                return RefundSucceeded(known)

    async def close(self) -> None:
        """Nothing is held open."""
