"""Who calls: what an API key stands for, once it has been checked."""

from dataclasses import dataclass
from uuid import UUID

from tidings.kit.db import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of an API key, for the length of one request."""

    # Whose rows it may touch: the key's storefront and mode.
    scope: Scope
    key_id: UUID
    # Who the key stands for.
    principal: str
    # What the key may do; see kinds.SCOPES.
    scopes: frozenset[str]
    # Who acts, as recorded: the principal, or the person that `Tidings-Actor` names.
    actor: str
