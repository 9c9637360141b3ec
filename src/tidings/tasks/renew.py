"""Tells whoever does a task what has become of its particulars meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any

from tidings.kit.db import Tx
from tidings.kit.rows import json_text
from tidings.tasks.finish import Cause

_RENEW = """
UPDATE tasks t SET data = t.data || $4::jsonb
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS c (storefront_id, mode, dedupe_key)
WHERE t.storefront_id = c.storefront_id AND t.mode = c.mode AND t.dedupe_key = c.dedupe_key AND t.status = 'open'
"""


async def renew_tasks(tx: Tx, causes: Sequence[Cause], data: Mapping[str, Any]) -> None:
    """Let the open tasks of these causes say this, beside what they say."""
    if not causes:
        return
    await tx.flush()
    await tx.raw.execute(
        _RENEW,
        [cause.storefront_id for cause in causes],
        [cause.mode for cause in causes],
        [f"{cause.kind}:{cause.about}" for cause in causes],
        json_text(data),
    )
