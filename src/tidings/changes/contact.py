"""What is to be told when a modification changes where the customer is reached: there, and where it was before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tidings.kit.db import Tx
from tidings.kit.rows import json_text
from tidings.milestones.facts import Party
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of, party_of

# What a request may change of it.
REACHED_BY: Final = ("email", "phone")


async def change_contact(tx: Tx, order: HeldOrder, before: Party, by: By) -> None:
    """Let everything follow from it, if the customer is reached otherwise than before; part of who holds the order.

    Args:
        tx: the transaction.
        order: as it stands now.
        before: the customer as they were reached.
        by: who changed it, and when.
    """
    now = party_of(order.row)
    changed = [name for name in REACHED_BY if getattr(before, name) != getattr(now, name)]
    if not changed:
        return
    facts = [fact_of(order, "contact.changed", by, _about(changed, "new"))]
    # Only over what is left: whoever goes on being reached there has been told.
    email, phone = (getattr(before, name) if name in changed else None for name in REACHED_BY)
    if email or phone:
        left = replace(before, devices=(), email=email, phone=phone)
        facts.append(replace(fact_of(order, "contact.left", by, _about(changed, "old")), party=left))
    await follow(tx, facts)


def _about(changed: Sequence[str], to: str) -> About:
    return About(
        data={"changed": list(changed), "to": to},
        snapshot={"contact": json_text({"changed": list(changed), "to": to})},
    )
