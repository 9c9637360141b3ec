"""The trail holds no personal data, and is pruned by its own verb (prune.py); its seals stay for ever."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.records.tables import (
    RecordHeadRow,
    RecordKeyRow,
    RecordLogRow,
    RecordRow,
    RecordSealRow,
    RecordTileRow,
)

KEEPING: Final = (
    Keeping(table=RecordRow.__table__, kind="records", plain=("mode", "kind", "subject", "actor", "data")),
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
