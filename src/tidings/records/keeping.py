"""The trail holds no personal data, and is pruned by its own verb (prune.py); its seals stay for ever.

What people wrote about what it tells stands beside it, and is personal.
"""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.records.tables import (
    RecordHeadRow,
    RecordKeyRow,
    RecordLogRow,
    RecordRow,
    RecordSealRow,
    RecordTileRow,
    RecordWordsRow,
)

_PLAIN: Final = ("mode", "subject")
_PERSONAL: Final = {"words": "'{}'", "salt": "NULL"}
# What came of tasks about no order that is known, by the address that somebody wrote from (tasks/keeping.py).
_OF_NO_ORDER: Final = """
    storefront_id = :storefront AND mode = :mode AND order_id = storefront_id AND subject IN (
        SELECT 'tsk_' || replace(t.id::text, '-', '') FROM tasks t
        WHERE t.storefront_id = :storefront AND t.mode = :mode AND t.order_id IS NULL
          AND lower(t.data ->> 'from') = ANY(:addresses))
"""
_FROM: Final = """
    (SELECT lower(t.data ->> 'from') FROM tasks t
     WHERE t.storefront_id = record_words.storefront_id
       AND t.id = CASE WHEN starts_with(record_words.subject, 'tsk_') THEN substr(record_words.subject, 5)::uuid END)
"""

KEEPING: Final = (
    Keeping(table=RecordRow.__table__, kind="records", plain=("mode", "kind", "subject", "actor", "data")),
    Keeping(
        table=RecordWordsRow.__table__,
        kind="communications",
        age="written_at",
        plain=_PLAIN,
        personal=_PERSONAL,
    ),
    Keeping(
        table=RecordWordsRow.__table__,
        kind="communications",
        order="",
        whose=_OF_NO_ORDER,
        age="written_at",
        loose="order_id = storefront_id",
        about=_FROM,
        plain=_PLAIN,
        personal=_PERSONAL,
    ),
    Keeping(
        table=RecordLogRow.__table__, kind="own", order="", plain=("frontier", "head", "key_id"), is_exported=False
    ),
    Keeping(table=RecordSealRow.__table__, kind="own", order="", plain=("leaf",), is_exported=False),
    Keeping(table=RecordTileRow.__table__, kind="own", order="", plain=("node",), is_exported=False),
    Keeping(
        table=RecordHeadRow.__table__,
        kind="own",
        order="",
        plain=("root", "previous", "marks", "key_id", "signature"),
        is_exported=False,
    ),
    Keeping(
        table=RecordKeyRow.__table__,
        kind="own",
        order="",
        plain=("key_id", "public", "replaces", "endorsement"),
        is_exported=False,
    ),
)
