"""What people are asked to do about a message that does not go by itself; over when it goes on, or is at its end."""

from typing import Final
from uuid import UUID

from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.tasks.finish import Cause
from tidings.tasks.kinds import TaskKind

KINDS: Final[tuple[TaskKind, ...]] = ("message_dead", "message_parked", "message_unrenderable", "call_customer")


def chores(storefront_id: UUID, mode: Mode, message_id: UUID) -> list[Cause]:
    """The tasks that may be open about a message, whichever they are."""
    return [Cause(storefront_id, mode, kind, wire("msg", message_id)) for kind in KINDS]
