"""What to do with a claimed message: send it, ask about it, or settle it without sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tidings.delivery.claim import Claimed
from tidings.delivery.guard import Guard, Passed, Stopped
from tidings.delivery.rules import (
    SMS_CALLBACK_WAIT,
    Again,
    Dead,
    Done,
    NextChannel,
    Standing,
    Verdict,
    elsewhere,
    may_repeat,
)
from tidings.delivery.settlement import Settlement
from tidings.delivery.switchboard import Line, Switchboard
from tidings.tasks.kinds import TaskKind

# A message without any connection is looked at this often; adding one hurries it.
NO_CONNECTION_PAUSE = timedelta(seconds=15)
# One that a person calls about meanwhile; a connection for calls hurries it.
CALL_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Send:
    """To be sent over this line, to this address."""

    line: Line
    to: str
    banner: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """The last attempt is uncertain, and its provider can be asked what went to this address."""

    line: Line
    to: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Every line that may take it is busy: it waits on."""


Plan = Send | Ask | Settlement | Busy


@dataclass(frozen=True, slots=True)
class Preparing:
    """What preparation looks at."""

    switchboard: Switchboard
    guard: Guard
    now: datetime

    def plan(self, claimed: Claimed) -> Plan:
        """What to do with this message."""
        passed = self.guard.judge(claimed.channel, claimed.recipient)
        return (
            self._ended(claimed)
            or self._uncertain(claimed, passed)
            or self._barred(claimed, passed)
            or self._send(claimed, passed)
        )

    def standing(self, claimed: Claimed, line: Line | None) -> Standing:
        """Where the message stands, for the judgement after an attempt."""
        lines = self.switchboard.lines(claimed.route)
        others = [other for other in lines if other is not line and str(other.connection.id) not in claimed.refused_by]
        return Standing(
            channel=claimed.channel,
            next_step=self._next_step(claimed),
            further_connections=len(others),
            tries=claimed.tries,
            valid_until=claimed.valid_until,
            can_be_asked=line is not None and line.sender.can_be_asked,
            attempts=claimed.attempts,
        )

    def _ended(self, claimed: Claimed) -> Settlement | None:
        if claimed.last is not None and claimed.last.status in {"accepted", "sent", "deferred", "delivered"}:
            return self._settled(claimed, Verdict("accepted", Done(), "a receipt proves that it was sent"), task=None)
        if self.now > claimed.valid_until:
            return self._settled(claimed, Verdict("failed", Dead(), "not sent in time: the news is stale"))
        return None

    def _uncertain(self, claimed: Claimed, passed: Passed | Stopped) -> Ask | Settlement | None:
        last = claimed.last
        if last is None or last.status not in {"started", "uncertain"}:
            return None
        line = self.switchboard.line(last.connection_id)
        if line is not None and line.sender.can_be_asked:
            return Ask(line, passed.to if isinstance(passed, Passed) else claimed.recipient)
        if not may_repeat(claimed.channel, max(claimed.tries, 1)):
            reason = "uncertain whether it was sent, and it must not be sent twice"
            return self._settled(claimed, Verdict("uncertain", Dead(), reason))
        since = self.now - last.started_at
        if claimed.channel == "sms" and since < SMS_CALLBACK_WAIT:
            wait = Again(SMS_CALLBACK_WAIT - since, max(claimed.tries, 1))
            return self._settled(claimed, Verdict("uncertain", wait, "uncertain: waits for the provider's callback"))
        return None

    def _barred(self, claimed: Claimed, passed: Passed | Stopped) -> Settlement | None:
        if claimed.suppressed is not None:
            reason = f"the address must not be used: {claimed.suppressed}"
            verdict = Verdict("failed", elsewhere(self.standing(claimed, None)), reason)
            return self._settled(claimed, verdict, ends_as="suppressed")
        if isinstance(passed, Stopped):
            verdict = Verdict("failed", Dead(), "this deployment may not write to this recipient")
            return self._settled(claimed, verdict, ends_as="suppressed", task=None)
        if not self.switchboard.lines(claimed.route):
            return self._without_connection(claimed)
        return None

    def _without_connection(self, claimed: Claimed) -> Settlement:
        is_call = claimed.channel == "voice"
        step = self._next_step(claimed) if is_call else self._first_step(claimed)
        # What came to a call after something else had failed is called about by a person, and does not go round again.
        if step is not None and not (is_call and claimed.attempts):
            return self._settled(claimed, Verdict("failed", NextChannel(step), "the channel has no connection"))
        wait = Again(CALL_PAUSE if is_call else NO_CONNECTION_PAUSE, claimed.tries)
        nothing = "no planned channel has a connection that can be used now"
        reason = "there is no connection for calls" if is_call else nothing
        return self._settled(claimed, Verdict("failed", wait, reason), task="no_connection")

    def _send(self, claimed: Claimed, passed: Passed | Stopped) -> Send | Busy:
        line = self.switchboard.pick(claimed.route, claimed.refused_by)
        if line is None or not isinstance(passed, Passed):
            return Busy()
        return Send(line, passed.to, passed.banner)

    def _next_step(self, claimed: Claimed) -> int | None:
        return self.switchboard.first_step(claimed.storefront_id, claimed.mode, claimed.plan, claimed.step)

    def _first_step(self, claimed: Claimed) -> int | None:
        return self.switchboard.first_step(claimed.storefront_id, claimed.mode, claimed.plan, -1)

    def _settled(
        self,
        claimed: Claimed,
        verdict: Verdict,
        *,
        ends_as: Literal["failed", "suppressed"] = "failed",
        task: TaskKind | None = "message_dead",
    ) -> Settlement:
        return unattempted(claimed, verdict, self.now, ends_as=ends_as, task=task)


def unattempted(
    claimed: Claimed,
    verdict: Verdict,
    now: datetime,
    *,
    ends_as: Literal["failed", "suppressed"] = "failed",
    task: TaskKind | None = "message_dead",
) -> Settlement:
    """A message judged without a new attempt."""
    return Settlement(
        claimed=claimed,
        verdict=verdict,
        attempt_id=None,
        outcome="judged",
        connection_id=None,
        connection=None,
        provider_message_id=None,
        error=None,
        finished_at=now,
        task=task,
        ends_as=ends_as,
    )
