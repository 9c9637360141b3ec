"""What follows when a customer is reached elsewhere: messages go there, and both sides of the change are told of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tidings.delivery.follow_contact import FollowContact, Plan, follow_contact
from tidings.kit.db import Tx
from tidings.milestones.facts import Fact, Party
from tidings.milestones.follow import follow
from tidings.milestones.plan import channel_plan, reach
from tidings.milestones.table import TABLE
from tidings.orders.load import About, By, HeldOrder, fact_of, party_of
from tidings.storefronts.kinds import CHANNELS, Milestone

_MILESTONE: Final[Milestone] = "contact_changed"


async def change_contact(tx: Tx, order: HeldOrder, before: Party, by: By) -> None:
    """Let everything follow from it, if the customer is reached otherwise than before; part of who holds the order.

    Args:
        tx: the transaction.
        order: as it stands now.
        before: the customer as they were reached.
        by: who changed it, and when.
    """
    after = party_of(order.row)
    changed = changed_contacts(before, after)
    if not changed:
        return
    await tx.flush()
    followed = await follow_contact(tx, _following(order, before, after, by), now=by.at)
    # What an incomplete order lacked is no change; and devices come and go by themselves.
    if order.row.status != "incomplete" and changed != ["devices"]:
        await follow(tx, _facts(order, before, changed, len(followed), by))


def changed_contacts(before: Party, after: Party) -> list[str]:
    """What is different about reaching the customer; a name is not."""
    was, is_now = _contacts(before), _contacts(after)
    return [name for name in was if was[name] != is_now[name]]


def _contacts(party: Party) -> dict[str, object]:
    return {
        "email": _mailbox(party),
        "phone": party.phone,
        "preferred_channel": party.preferred_channel,
        "devices": [device["token"] for device in party.devices],
    }


def _mailbox(party: Party) -> str | None:
    """Mailboxes differ by more than case nowhere that counts."""
    return None if party.email is None else party.email.lower()


def _following(order: HeldOrder, before: Party, after: Party, by: By) -> FollowContact:
    def plan(milestone: str) -> Plan:
        return channel_plan(after, TABLE[milestone].channels)  # type: ignore[index]  # messages have milestones only

    return FollowContact(
        order_id=order.row.id,
        before=frozenset(_addresses(before).values()),
        after=_addresses(after),
        plan=plan,
        actor=by.actor,
    )


def _addresses(party: Party) -> Mapping[str, str]:
    return {channel: to for channel in CHANNELS if (to := reach(party, channel)) is not None}


def _facts(order: HeldOrder, before: Party, changed: list[str], followed: int, by: By) -> list[Fact]:
    """Told where the customer is reached now, and where they were: never twice at the same address."""
    arrived = newcomer(before, party_of(order.row))
    left = farewell(before, party_of(order.row), arrived)
    data = {"changed": changed, "messages_followed": followed}
    facts = [replace(fact_of(order, "contact.changed", by, _about(data, changed, "new")), party=arrived)]
    if channel_plan(left, TABLE[_MILESTONE].channels):
        facts.append(replace(fact_of(order, "contact.left", by, _about(data, changed, "old")), party=left))
    return facts


def _about(data: Mapping[str, object], changed: list[str], to: str) -> About:
    names = ",".join(f'"{name}"' for name in changed)
    return About(data=data, snapshot={"contact": f'{{"changed":[{names}],"to":"{to}"}}'})


def newcomer(before: Party, after: Party) -> Party:
    """The customer at what is new about them, or as they are when nothing that is new can be written to."""
    email = after.email if _mailbox(after) != _mailbox(before) else None
    phone = after.phone if after.phone != before.phone else None
    return replace(after, email=email, phone=phone, devices=()) if email or phone else after


def farewell(before: Party, after: Party, arrived: Party) -> Party:
    """The customer at what they have left; where nothing was left, wherever they were and are not told anyway."""
    gone = replace(
        before,
        email=before.email if _mailbox(before) != _mailbox(after) else None,
        phone=before.phone if before.phone != after.phone else None,
        devices=(),
    )
    if gone.email or gone.phone:
        return gone
    told = {step["to"] for step in channel_plan(arrived, TABLE[_MILESTONE].channels)[:1]}
    return replace(
        gone,
        email=before.email if before.email not in told else None,
        phone=before.phone if before.phone not in told else None,
    )
