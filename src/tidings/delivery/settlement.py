"""What became of one claimed message, and what it leaves to people: a call, another task, or nothing. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tidings.delivery.calls import VOICE, Call, number_to_call
from tidings.delivery.claim import Claimed
from tidings.delivery.owe import clock_key
from tidings.delivery.rules import Again, Dead, Done, Verdict
from tidings.delivery.start import Pinned
from tidings.kit.ids import wire
from tidings.tasks.finish import Cause
from tidings.tasks.kinds import TaskKind
from tidings.tasks.open import Opening


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one claimed message."""

    claimed: Claimed
    verdict: Verdict
    # None when the message was judged without an attempt (stale, suppressed, not to be rendered).
    attempt_id: UUID | None
    outcome: str
    connection_id: UUID | None
    connection: str | None
    provider_message_id: str | None
    error: dict[str, Any] | None
    finished_at: datetime
    # Of the connection, as it was used.
    version: int | None = None
    # How long after acceptance the last receipt is expected.
    patience: timedelta | None = None
    # What a person must do, when nothing follows by itself; None when nobody needs to.
    task: TaskKind | None = "message_dead"
    # Ends as this instead of `failed` (suppressed).
    ends_as: str = "failed"
    # What a person who calls is to read out, if it was rendered for that.
    script: Pinned | None = None
    # Salted digest of what was said, and to whom.
    content_digest: str | None = None

    @property
    def waits(self) -> bool:
        """For a connection, or for a person who calls."""
        return self.task == "no_connection"

    @property
    def is_known(self) -> bool:
        """Nothing was tried, and it waits on for what it was already known to wait for."""
        verdict = self.verdict
        return self.attempt_id is None and isinstance(verdict.next, Again) and verdict.reason == self.claimed.reason

    @property
    def is_over(self) -> bool:
        """Nothing follows by itself, and a person must know."""
        return self.task is not None and not self.waits and isinstance(self.verdict.next, Dead)


def call_about(settlement: Settlement) -> Call | None:
    """The call that a person is to make: one is planned, and no machine gets through, now or for good."""
    claimed, verdict = settlement.claimed, settlement.verdict
    if not (settlement.waits or (settlement.is_over and settlement.task == "message_dead")):
        return None
    number = number_to_call(claimed.plan)
    # A number that has just turned out to be none is not tried by people either.
    is_no_number = claimed.channel == VOICE and (verdict.suppress is not None or settlement.ends_as == "suppressed")
    if number is None or is_no_number:
        return None
    return Call(
        storefront_id=claimed.storefront_id,
        mode=claimed.mode,
        order_id=claimed.order_id,
        message_id=claimed.id,
        milestone=claimed.milestone,
        number=number,
        clock=clock_key(claimed.dedupe_key),
        reason=verdict.reason,
        at=settlement.finished_at,
        script=settlement.script,
    )


def needs_script(settlement: Settlement) -> bool:
    """Whether the words of the call must be found before it is settled."""
    return call_about(settlement) is not None and not (
        settlement.claimed.channel == VOICE and settlement.claimed.content is not None
    )


def chore_of(settlement: Settlement, *, is_called: bool) -> Opening | None:
    """What a person must do beside: when nothing follows by itself, or when it waits for a connection.

    Args:
        settlement: what became of the message.
        is_called: the customer is called by a person.
    """
    waits, claimed, message = settlement.waits, settlement.claimed, wire("msg", settlement.claimed.id)
    if settlement.task is None or not (waits or settlement.is_over):
        return None
    # Calls by people are as good as a connection for calls.
    if is_called and (claimed.channel == VOICE or not waits):
        return None
    return Opening(
        storefront_id=claimed.storefront_id,
        mode=claimed.mode,
        order_id=None if waits else claimed.order_id,
        kind=settlement.task,
        # One task for all that waits for the same channel.
        cause=f"channel/{claimed.channel}" if waits else message,
        opened_at=settlement.finished_at,
        data={"channel": claimed.channel} if waits else {"message": message},
    )


def solved_by(settlement: Settlement) -> Cause | None:
    """The call that nobody needs to make any more: a provider has the message."""
    claimed = settlement.claimed
    if not isinstance(settlement.verdict.next, Done) or number_to_call(claimed.plan) is None:
        return None
    return Cause(claimed.storefront_id, claimed.mode, "call_customer", wire("msg", claimed.id))
