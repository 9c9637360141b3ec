"""A record's canonical form, which is what is sealed: one JSON document in the form of RFC 8785 (JCS). Pure.

`data` stands in it as the text that Postgres keeps (sorted, without doubles): so 1 and 1.0 differ, and no number is
too large or too fine to be told. All else in it is text, null, or a small whole number; for such a document the
canonical form is what Python's own writer makes of sorted names (a test compares it with a library's).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.ids import wire


def told_at(column: str) -> str:
    """SQL: an instant as `instant_text` has it, and as Postgres itself tells it where there is no four-digit year."""
    return (
        f"CASE WHEN {column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00'"
        f" THEN to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') ELSE {column}::text END"
    )


def instant_text(at: datetime) -> str:
    """An instant as it is sealed: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# What is read of a record, as `r`.
SEALED_COLUMNS: Final = f"""
r.order_id, r.id, r.mode, r.kind, r.subject, r.actor, r.data::text AS data, r.xid::text AS xid,
{told_at("r.at")} AS at
"""

_quoted: Final = json.encoder.encode_basestring
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(record: Mapping[str, Any], storefront_id: UUID, number: int) -> bytes:
    """The canonical form of one record.

    Args:
        record: its SEALED_COLUMNS.
        storefront_id: whose trail it is in.
        number: its place among the records of its order, from 1.
    """
    order_id, mode = record["order_id"], record["mode"]
    order = "null" if order_id == storefront_id else f'"{wire("ord", order_id)}"'
    # In the order of their names. By hand, because a library takes longer for it than for all the hashing.
    return (
        f'{{"actor":{_quoted(record["actor"])},"at":{_quoted(record["at"])},"data":{_quoted(record["data"])},'
        f'"id":"{wire("rec", record["id"])}","kind":{_quoted(record["kind"])},'
        f'"mode":{"null" if mode is None else _quoted(mode)},"number":{number},"order":{order},'
        f'"storefront":"{wire("stf", storefront_id)}","subject":{_quoted(record["subject"])},'
        f'"transaction":{_quoted(record["xid"])}}}'
    ).encode()


def canonical_json(document: Mapping[str, str | int | None]) -> bytes:
    """The canonical form of a flat document of texts and small whole numbers."""
    return _encode(dict(sorted(document.items()))).encode()
