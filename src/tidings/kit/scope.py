"""Whose rows: one storefront, in one mode. Pure, so that words and ports may name it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Mode = Literal["live", "test"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: one storefront, and whether they are live or made in test mode."""

    storefront_id: UUID
    mode: Mode
