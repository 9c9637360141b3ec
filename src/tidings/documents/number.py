"""Takes numbers: one after the other, without gaps.

The counter's row stays locked until the transaction ends, which also writes the document: a transaction that fails, or
whose process dies, has taken no number. So numbers are taken last, and several always in the order of their series.
"""

from typing import Final

from tidings.kit.db import Tx

_TAKE = """
INSERT INTO document_series AS s (storefront_id, mode, series, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (storefront_id, mode, series) DO UPDATE SET last = s.last + 1
RETURNING last
"""

_DIGITS: Final = 6


async def take_number(tx: Tx, series: str) -> int:
    """The next number of this series of the transaction's storefront and mode."""
    number: int = await tx.raw.fetchval(_TAKE, tx.scope.storefront_id, tx.scope.mode, series)
    return number


def printed(series: str, number: int) -> str:
    """`INV-000017`."""
    return f"{series}{number:0{_DIGITS}}"
