"""The one move: a fact is written together with everything that must follow from it.

Record, event, messages, the work of sending them, clocks and tasks are rows of one statement, in the transaction of
the change itself. There is no other way to owe a customer a message.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from uuid import UUID

from tidings.deadlines.start import Clock, clock_rows
from tidings.delivery.owe import Owed, dedupe_key, owed_rows
from tidings.delivery.supersede import Supersession, supersede
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.rows import Rows, insert
from tidings.milestones.errands import errands_of
from tidings.milestones.facts import Fact
from tidings.milestones.plan import channel_plan
from tidings.milestones.table import CLOCKS, ERRANDS, TABLE, TASKS, Milestone, milestones_of
from tidings.outbox.leave import errand_rows
from tidings.records.append import Entry, record_rows
from tidings.records.digests import salted
from tidings.storefronts.calendar import add_business
from tidings.storefronts.policy import Policy
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import Opening, task_rows
from tidings.webhooks.tell import Telling, event_rows

Shops = Mapping[UUID, ShopRules]


async def follow(tx: Tx, facts: Sequence[Fact]) -> None:
    """Write the facts and all that follows from them, in the caller's transaction."""
    shops = {
        storefront_id: await shop_rules(tx, storefront_id)
        for storefront_id in {fact.scope.storefront_id for fact in facts if _is_ruled(fact)}
    }
    await insert(tx, consequences(facts, shops))
    tx.wakes_worker = True
    for fact in facts:
        for what in _supersessions(fact):
            await supersede(tx, what, now=fact.at)


def _is_ruled(fact: Fact) -> bool:
    """Whether what follows from it depends on the shop's own rules."""
    return bool(milestones_of(fact.kind) or fact.kind in CLOCKS or fact.kind in ERRANDS)


def consequences(facts: Iterable[Fact], shops: Shops) -> Rows:
    """Every row that these facts call for; pure, so that a hot path can write them beside its own rows.

    Args:
        facts: what happened.
        shops: the rules of each storefront with a fact that somebody is told of, or that starts a clock or an errand.
    """
    entries, tellings, owed, clocks, openings, errands = [], [], [], [], [], []
    # Facts that come in together share their instant, and so what is due when.
    due_at = cache(partial(_due_at, shops))
    for fact in facts:
        shop = shops.get(fact.scope.storefront_id)
        messages = _owed(fact, shop)
        owed += messages
        # The snapshot may hold personal data: beside the record, which is linked to it by a digest.
        link = salted(fact.snapshot)
        entries.append(_entry(fact, messages, link.digest))
        tellings.append(_telling(fact, link.salt))
        clocks += [_clock(fact, milestone, due_at) for milestone in clocks_of(fact)]
        openings += _openings(fact)
        if shop is not None:
            errands += errands_of(fact, shop.policy)
    rows = record_rows(entries)
    rows.merge(event_rows(tellings))
    rows.merge(owed_rows(owed))
    rows.merge(clock_rows(clocks))
    rows.merge(task_rows(openings))
    rows.merge(errand_rows(errands))
    return rows


def clocks_of(fact: Fact) -> tuple[Milestone, ...]:
    """The promises whose clock starts with this fact."""
    started = CLOCKS.get(fact.kind, ()) if fact.party.notify else ()
    return tuple(milestone for milestone in started if milestone not in fact.untold) if fact.untold else started


def _owed(fact: Fact, shop: ShopRules | None) -> list[Owed]:
    reached = milestones_of(fact.kind)
    if not reached or not fact.party.notify:
        return []
    not_told = shop.policy.not_told if shop is not None else ()
    return [
        owed
        for milestone in reached
        if milestone not in fact.untold
        and milestone not in not_told
        and (owed := _message(fact, milestone)) is not None
    ]


def _message(fact: Fact, milestone: Milestone) -> Owed | None:
    promise = TABLE[milestone]
    plan = channel_plan(fact.party, promise.channels)
    if not plan:
        return None
    return Owed(
        storefront_id=fact.scope.storefront_id,
        mode=fact.scope.mode,
        order_id=fact.order_id,
        id=new_id(),
        milestone=milestone,
        subject=fact.subject,
        occurrence=1,
        order_seq=fact.order_seq,
        priority=promise.priority,
        plan=plan,
        locale=fact.party.locale,
        time_zone=fact.party.time_zone,
        created_at=fact.at,
        valid_until=fact.at + promise.valid_for,
        trace=fact.trace,
        cause=f"{fact.subject}.{fact.order_seq}" if promise.recurs else None,
    )


def _entry(fact: Fact, messages: Sequence[Owed], digest: str) -> Entry:
    told = [{"message": wire("msg", owed.id), "milestone": owed.milestone} for owed in messages]
    return Entry(
        storefront_id=fact.scope.storefront_id,
        order_id=fact.order_id if fact.is_of_order else None,
        mode=fact.scope.mode,
        kind=fact.kind,
        subject=fact.subject,
        actor=fact.actor,
        at=fact.at,
        data={**fact.data, "order_seq": fact.order_seq, "messages": told, "snapshot_digest": digest},
        words=fact.words,
    )


def _telling(fact: Fact, salt: bytes) -> Telling:
    return Telling(
        storefront_id=fact.scope.storefront_id,
        mode=fact.scope.mode,
        order_id=fact.order_id,
        order_seq=fact.order_seq,
        kind=fact.kind,
        actor=fact.actor,
        at=fact.at,
        snapshot=fact.snapshot,
        salt=salt,
    )


def _clock(fact: Fact, milestone: Milestone, due_at: Callable[[UUID, Milestone, datetime], datetime]) -> Clock:
    return Clock(
        storefront_id=fact.scope.storefront_id,
        mode=fact.scope.mode,
        order_id=fact.order_id,
        kind=milestone,
        dedupe_key=dedupe_key(milestone, fact.subject, 1),
        started_at=fact.at,
        due_at=due_at(fact.scope.storefront_id, milestone, fact.at),
    )


def _due_at(shops: Shops, storefront_id: UUID, milestone: Milestone, at: datetime) -> datetime:
    return promised_by(milestone, shops[storefront_id], at)


def promised_by(milestone: Milestone, shop: ShopRules, at: datetime) -> datetime:
    """By when this shop promises it, if its clock starts at this instant; of milestones with a clock only."""
    promise = TABLE[milestone]
    within = promised_within(milestone, shop.policy)
    if promise.basis == "elapsed":
        return at + within
    return add_business(at, within, shop.calendar, shop.time_zone)


def promised_within(milestone: Milestone, policy: Policy) -> timedelta:
    """How soon this shop promises it; of milestones with a clock only."""
    within = policy.issue_told_within if milestone == "issue_notification" else TABLE[milestone].within
    if within is None:
        # `clocks_of` names only what promises a time.
        raise AssertionError
    return within


def _openings(fact: Fact) -> list[Opening]:
    kind = TASKS.get(fact.kind)
    if kind is None:
        return []
    return [
        Opening(
            storefront_id=fact.scope.storefront_id,
            mode=fact.scope.mode,
            order_id=fact.order_id,
            kind=kind,
            cause=fact.subject,
            data=fact.data,
            opened_at=fact.at,
        )
    ]


def _supersessions(fact: Fact) -> list[Supersession]:
    return [
        Supersession(
            storefront_id=fact.scope.storefront_id,
            order_id=fact.order_id,
            subject=fact.subject,
            milestones=TABLE[milestone].supersedes,
            reason=f"superseded: {milestone} says the newer thing",
            before_seq=fact.order_seq,
        )
        for milestone in milestones_of(fact.kind)
        if TABLE[milestone].supersedes
    ]
