"""What happens after an attempt: pure judgement, from the answer and from where the message stands.

Fail over and fall back only on a definite refusal; a time-out is uncertain, and uncertainty is handled by what a
second copy would do to the customer on that channel.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, assert_never

from tidings.delivery.ports import (
    Accepted,
    Misconfigured,
    NotThere,
    Outcome,
    Permanent,
    SuppressFor,
    Throttled,
    Transient,
    Uncertain,
)
from tidings.delivery.states import AttemptStatus
from tidings.storefronts.kinds import Channel

# Tries at one connection before the next one is preferred, if there is one.
TRIES_PER_CONNECTION = 3
BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_LONGEST = timedelta(minutes=5)
# A provider that can be asked is given a moment to write down what it took.
ASK_AFTER = timedelta(seconds=5)
# An uncertain SMS: its callback is waited for this long before it goes once more.
SMS_CALLBACK_WAIT = timedelta(minutes=2)
SMS_TRIES_WHEN_UNCERTAIN = 2
# A connection that says it is misconfigured is tried again after this.
HALT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands when its attempt has been answered."""

    channel: Channel
    # The next entry of the plan whose channel has a connection; None at the end of the plan.
    next_step: int | None
    # Connections of this channel that have not refused it, besides the one just tried.
    further_connections: int
    # Tries at this connection before this one.
    tries: int
    valid_until: datetime
    can_be_asked: bool
    # Of the message, wherever they went, before this one.
    attempts: int


@dataclass(frozen=True, slots=True)
class Done:
    """A provider has it: nothing more to do."""


@dataclass(frozen=True, slots=True)
class Again:
    """Once more on this channel, after a wait."""

    delay: timedelta
    tries: int
    # True when the connection just tried is left out from now on.
    refused: bool = False


@dataclass(frozen=True, slots=True)
class NextChannel:
    """On to another entry of the plan."""

    step: int


@dataclass(frozen=True, slots=True)
class Dead:
    """No way left: a person must act."""


Next = Done | Again | NextChannel | Dead


def is_due_at_once(nxt: Next) -> bool:
    """Whether there is something to be done for the message this moment."""
    return isinstance(nxt, NextChannel) or (isinstance(nxt, Again) and not nxt.delay)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The attempt's status, what comes next, and why, in plain words."""

    status: AttemptStatus
    next: Next
    reason: str
    suppress: SuppressFor | None = None
    # The connection is left alone for a while, by everybody.
    halt: timedelta | None = None


ACCEPTED: Final = Verdict("accepted", Done(), "accepted by the provider")


def judge(outcome: Outcome, standing: Standing, *, now: datetime, jitter: float) -> Verdict:
    """What becomes of a message after one attempt.

    Args:
        outcome: the provider's answer.
        standing: where the message stands.
        now: the present instant.
        jitter: a random number in [0, 1): full jitter, so that retries of many messages do not come in step.
    """
    match outcome:
        case Accepted():
            verdict = ACCEPTED
        case Permanent():
            status: Literal["bounced", "failed"] = "bounced" if outcome.suppress == "hard_bounce" else "failed"
            nxt = _past_a_refusal(outcome, standing)
            verdict = Verdict(status, nxt, _words("refused", outcome), outcome.suppress)
        case Transient():
            delay = outcome.retry_after or backoff(standing.tries, jitter)
            verdict = Verdict("failed", _later(standing, delay, now), _words("not sent, will be retried", outcome))
        case Throttled():
            # It costs no try, so it is all attempts that make the waits longer: else it is asked every other second.
            delay = outcome.retry_after or backoff(standing.attempts + 1, jitter)
            again = _unless_stale(Again(delay, standing.tries), standing, now)
            verdict = Verdict("failed", again, _words("the provider asks for patience", outcome))
        case Misconfigured():
            nxt = _unless_stale(_past_a_halted_connection(standing), standing, now)
            verdict = Verdict("failed", nxt, _words("the connection is misconfigured", outcome), halt=HALT)
        case Uncertain():
            nxt = _unless_stale(_after_uncertainty(standing, jitter), standing, now)
            verdict = Verdict("uncertain", nxt, _words("uncertain whether it was sent", outcome))
        case _:
            assert_never(outcome)
    return verdict


def judge_found(found: Accepted | NotThere | Uncertain, standing: Standing, *, now: datetime, jitter: float) -> Verdict:
    """What becomes of an uncertain attempt after its provider was asked."""
    match found:
        case Accepted():
            return Verdict("accepted", Done(), "the provider was asked, and has it")
        case NotThere():
            return Verdict("failed", Again(timedelta(), standing.tries), "the provider was asked, and does not have it")
        case Uncertain():
            again = Again(backoff(standing.tries, jitter), standing.tries + 1)
            return Verdict("uncertain", _unless_stale(again, standing, now), _words("the provider was asked", found))
        case _:
            assert_never(found)


def backoff(tries: int, jitter: float) -> timedelta:
    """Exponential with full jitter: anything from nothing to twice as long as the last time, at most five minutes."""
    longest: timedelta = min(BACKOFF_LONGEST, BACKOFF_FIRST * (1 << min(tries, 20)))
    return longest * jitter


def may_repeat(channel: Channel, uncertain_tries: int) -> bool:
    """Whether a message whose last attempt is uncertain may be sent again without knowing.

    E-mail and push repeat with the same Message-ID or collapse key, so a double mostly folds into one; an SMS goes
    once more; a call never rings twice by itself.
    """
    match channel:
        case "email" | "push":
            return True
        case "sms":
            return uncertain_tries < SMS_TRIES_WHEN_UNCERTAIN
        case "voice":
            return False
        case _:
            assert_never(channel)


def _after_uncertainty(standing: Standing, jitter: float) -> Next:
    tries = standing.tries + 1
    if standing.can_be_asked:
        return Again(ASK_AFTER, tries)
    if not may_repeat(standing.channel, tries):
        # Not elsewhere: a copy on another channel is a copy all the same.
        return Dead()
    return Again(SMS_CALLBACK_WAIT if standing.channel == "sms" else backoff(tries, jitter), tries)


def _later(standing: Standing, delay: timedelta, now: datetime) -> Next:
    tries = standing.tries + 1
    if tries < TRIES_PER_CONNECTION:
        return _unless_stale(Again(delay, tries), standing, now)
    if standing.further_connections:
        return Again(timedelta(), 0, refused=True)
    if standing.next_step is not None:
        return NextChannel(standing.next_step)
    # Nowhere else to go: patience until the news is stale.
    return _unless_stale(Again(delay, tries), standing, now)


def _past_a_refusal(outcome: Permanent, standing: Standing) -> Next:
    """An address that is to blame is reached by nobody else; a text or a sender that one refuses, another may take."""
    if outcome.suppress is None and standing.further_connections:
        return Again(timedelta(), 0, refused=True)
    return elsewhere(standing)


def _past_a_halted_connection(standing: Standing) -> Next:
    if standing.further_connections:
        return Again(timedelta(), 0, refused=True)
    return Again(HALT, standing.tries) if standing.next_step is None else NextChannel(standing.next_step)


def elsewhere(standing: Standing) -> Next:
    """The next channel of the plan, or the end."""
    return Dead() if standing.next_step is None else NextChannel(standing.next_step)


def _unless_stale(nxt: Next, standing: Standing, now: datetime) -> Next:
    if isinstance(nxt, Again) and now + nxt.delay > standing.valid_until:
        return elsewhere(standing)
    return nxt


def _words(what: str, outcome: Permanent | Transient | Throttled | Misconfigured | Uncertain) -> str:
    code = f" [{outcome.code}]" if outcome.code else ""
    return f"{what}: {outcome.reason}{code}"
