"""Puts kept answers that tell a secret under the newest key: a repeated POST is answered without the old one."""

from typing import Final, NamedTuple

import structlog

from tidings.kit.db import Tx
from tidings.kit.vault import TOKEN_START, Vault, VaultClosed

log = structlog.get_logger(__name__)

# Answers are forgotten after some days, most have no body here, and few are sealed. Only those few are locked.
_SEALED: Final = """
SELECT storefront_id, mode, key, body FROM idempotency_keys
WHERE body IS NOT NULL AND substring(body FROM 1 FOR length($1::bytea)) = $1::bytea
ORDER BY storefront_id, mode, key FOR UPDATE
"""
_KEEP: Final = """
UPDATE idempotency_keys i SET body = k.body
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS k (storefront_id, mode, key, body)
WHERE i.storefront_id = k.storefront_id AND i.mode = k.mode AND i.key = k.key
"""


class Resealed(NamedTuple):
    """How many answers are under the first key now, and how many no key fits."""

    answers: int
    closed: int


async def reseal_answers(tx: Tx, vault: Vault) -> Resealed:
    """Re-encrypt every sealed answer; one that no key fits stays as it is, until it is forgotten."""
    resealed, closed = [], 0
    for row in await tx.raw.fetch(_SEALED, TOKEN_START):
        try:
            resealed.append((row["storefront_id"], row["mode"], row["key"], vault.reseal(row["body"])))
        except VaultClosed:
            closed += 1
    if resealed:
        await tx.raw.execute(_KEEP, *map(list, zip(*resealed, strict=True)))
    if closed:
        log.error("answers.sealed", count=closed)
    return Resealed(len(resealed), closed)
