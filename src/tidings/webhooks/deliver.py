"""Posts events to the shops' own systems: to each endpoint in the order of the log, one after the other.

Many endpoints side by side, so that one that hangs holds up nobody else's. The next event leaves when the one before
was taken; nothing is held open meanwhile. Whoever is killed between an answer and its settling leaves a lease that runs
out, and the event is posted again, under the same id.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.metrics import Metrics
from tidings.kit.vault import Vault, VaultClosed
from tidings.webhooks.fetch import EndpointInHand, Fetching, fetch_endpoints
from tidings.webhooks.ports import Answer, Answered, Courier, Parcel
from tidings.webhooks.queries import Told, events_behind
from tidings.webhooks.rules import GONE, is_given_up, is_taken, pause_after
from tidings.webhooks.secret import signing_secrets
from tidings.webhooks.settle import (
    Try,
    disable,
    release,
    settle_passed_over,
    settle_refused,
    settle_taken,
)
from tidings.webhooks.views import event_of

log = structlog.get_logger(__name__)

# What is readable only once an older transaction has ended rings no bell.
_LOOK_EVERY_SECONDS: Final = 1.0
# After each ring: where many orders come in it rings all the time, and what came in meanwhile is posted in one turn.
_QUIET_SECONDS: Final = 0.1
# A fault of ours, or a secret under a key that is missing: no failure of the endpoint's.
_OUR_FAULT_PAUSE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Deliveries:
    """One worker's posting."""

    begin: Begin
    clock: Clock
    vault: Vault
    courier: Courier
    # How long tries that are under way at the end may take; then they are broken off.
    grace: timedelta = timedelta(seconds=20)
    how: Fetching = field(default_factory=Fetching)
    metrics: Metrics = field(default_factory=Metrics)
    _in_hand: Counter[UUID] = field(default_factory=Counter)
    _is_ending: bool = False

    async def run(self, wake: asyncio.Event) -> None:
        """Post what there is, until cancelled; tries that are under way then are ended and settled."""
        self._in_hand.clear()
        self._is_ending = False
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            try:
                while True:
                    wake.clear()
                    fetched = await self._fetch(self.how.most - len(under_way))
                    for hand in fetched:
                        task = group.create_task(self.serve(hand))
                        under_way.add(task)
                        task.add_done_callback(under_way.discard)
                        task.add_done_callback(lambda _: wake.set())
                    if not fetched:
                        await _heard(wake)
            finally:
                # Those that take longer are broken off when the group ends.
                self._is_ending = True
                if under_way:
                    await asyncio.wait(under_way, timeout=self.grace.total_seconds())

    async def run_due(self) -> int:
        """Post what is due now, one endpoint after the other; says how many turns there were."""
        count = 0
        while fetched := await self._fetch(self.how.most):
            for hand in fetched:
                await self.serve(hand)
            count += len(fetched)
        return count

    async def _fetch(self, free: int) -> list[EndpointInHand]:
        if free <= 0:
            return []
        how = Fetching(free, self.how.most_of_one_shop, self.how.lease)
        fetched = await fetch_endpoints(self.begin, self.clock.now(), how, in_hand=self._in_hand)
        self._in_hand.update(hand.scope.storefront_id for hand in fetched)
        return fetched

    async def serve(self, hand: EndpointInHand) -> None:
        """One endpoint's turn; whatever goes wrong with it, the others go on."""
        due_at = self.clock.now()
        try:
            await self._turn(hand)
        except asyncio.CancelledError:
            # Nobody knows whether the event was taken: it is posted again, by whoever comes next.
            await asyncio.shield(self._release(hand, due_at))
            raise
        except VaultClosed:
            log.error("webhook.sealed", subject=wire("whk", hand.id))  # noqa: TRY400 - the stack says nothing more
            due_at += _OUR_FAULT_PAUSE
        except Exception as error:
            log.exception("webhook.fault", subject=wire("whk", hand.id), error=type(error).__name__)
            due_at += _OUR_FAULT_PAUSE
        finally:
            self._in_hand -= Counter([hand.scope.storefront_id])
        await self._release(hand, due_at)

    async def _turn(self, hand: EndpointInHand) -> None:
        ends = time.monotonic() + self.how.turn.total_seconds()
        async with self.begin.reading(hand.scope) as tx:
            page = await events_behind(tx, hand.stored, self.how.events)
        for told in page:
            if self._is_ending:
                break
            if not hand.wants(told.kind):
                hand.reached = told.position
            elif not await self._posted(hand, told):
                return
            elif time.monotonic() > ends:
                break
        if hand.reached != hand.stored:
            await settle_passed_over(self.begin, hand)

    async def _posted(self, hand: EndpointInHand, told: Told) -> bool:
        """Post one event; says whether this hand may go on with the next."""
        now = self.clock.now()
        body = event_of(told).model_dump_json().encode()
        secrets = signing_secrets(hand, self.vault, now)
        answer = await self.courier.carry(Parcel(hand.url, wire("evt", told.id), body, secrets, now))
        tried = _tried(told, answer, self.clock.now())
        is_over = isinstance(answer, Answered) and is_taken(answer.status)
        outcome = "taken" if is_over else "refused" if isinstance(answer, Answered) else "unanswered"
        self.metrics.posted(outcome, (tried.at - told.occurred_at).total_seconds())
        if is_over:
            log.debug("webhook.taken", subject=wire("whk", hand.id), status_code=tried.status)
            return await settle_taken(self.begin, hand, told.position, tried, self.how.lease)
        await self._refused(hand, tried, answer)
        return False

    async def _refused(self, hand: EndpointInHand, tried: Try, answer: Answer) -> None:
        endpoint = wire("whk", hand.id)
        if tried.status == GONE:
            is_disabled = await disable(self.begin, hand, tried, "gone")
        elif hand.first_failed_at is not None and is_given_up(hand.first_failed_at, tried.at):
            is_disabled = await disable(self.begin, hand, tried, "failing")
        else:
            is_disabled = False
            asked = answer.retry_after if isinstance(answer, Answered) else None
            pause = pause_after(hand.failures + 1, jitter=random(), asked=asked)  # noqa: S311 - spreads retries
            await settle_refused(self.begin, hand, tried, tried.at + pause)
            if not hand.failures:
                # The first refusal is news; those that follow are told by the endpoint itself.
                log.warning("webhook.refused", subject=endpoint, status_code=tried.status)
        if is_disabled:
            log.error("webhook.disabled", subject=endpoint, status_code=tried.status, tries=hand.failures + 1)

    async def _release(self, hand: EndpointInHand, due_at: datetime) -> None:
        """If it cannot be given back, its lease brings it back."""
        try:
            await release(self.begin, hand, due_at)
        except Exception as error:
            log.exception("webhook.not_released", subject=wire("whk", hand.id), error=type(error).__name__)


def _tried(told: Told, answer: Answer, at: datetime) -> Try:
    if isinstance(answer, Answered):
        return Try(told.id, at, status=answer.status)
    return Try(told.id, at, reason=answer.reason)


async def _heard(wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK_EVERY_SECONDS):
            await wake.wait()
            await asyncio.sleep(_QUIET_SECONDS)
    except TimeoutError:
        return
