"""Introduces the key that signs from now on: to the trail, by a record, and to those who check, by its public half.

A key that takes another's place is endorsed by that one, if it is still at hand. If it was lost, sealing goes on all
the same: the record and the verification say that the change is not endorsed, and whoever holds heads is to be told
of the new key in another way.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.withhold import Constant
from tidings.records.append import Entry, append
from tidings.records.prune import KEY_CHANGED
from tidings.records.signing import Signer

log = structlog.get_logger(__name__)

# One that was used before is known already.
_KEEP: Final = """
INSERT INTO record_keys (storefront_id, key_id, public, replaces, endorsement, introduced_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""


async def introduce_key(tx: Tx, storefront_id: UUID, signer: Signer, replaces: str | None, *, now: datetime) -> None:
    """Write down which key signs from now on."""
    key, endorsement = signer.key, signer.endorsement(storefront_id, replaces)
    if replaces is not None and endorsement is None:
        log.error(
            "seal.key_lost",
            lost_id=replaces,
            key_id=key.id,
            hint=Constant("give the old key after the new one in TIDINGS_RECORDS_KEYS, if it is still somewhere"),
        )
    await tx.raw.execute(_KEEP, storefront_id, key.id, key.public, replaces, endorsement, now)
    data = {"key": key.id, "public_key": key.public.hex(), "replaces": replaces, "endorsed": endorsement is not None}
    told = Entry(storefront_id, None, None, KEY_CHANGED, wire("stf", storefront_id), "system", now, data)
    await append(tx, told)
