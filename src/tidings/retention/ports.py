"""What others bring to an export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tidings.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it was given to the customer."""

    order_id: UUID
    # Its name in the archive, with its ending.
    name: str
    content: bytes


class Papers(Protocol):
    """Whoever keeps documents."""

    async def papers(self, scope: Scope, order_ids: Sequence[UUID]) -> Sequence[Paper]:
        """The documents of these orders."""
        ...
