"""A record's canonical form, which is what is sealed: one JSON document in the form of RFC 8785 (JCS). Pure.

`data` stands in it as the text that Postgres keeps (sorted, without doubles): so 1 and 1.0 differ, and no number is too
large or too fine to be told. Nothing else in it is anything but text, null, or a small whole number; for such a document
the canonical form is what Python's own writer makes of sorted names (a test compares it with a library's).
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from tidings.kit.ids import wire

# What is read of a record, as `r`. Instants that the calendar has no four-digit year for are told as Postgres does.
SEALED_COLUMNS: Final = """
r.order_id, r.id, r.mode, r.kind, r.subject, r.actor, r.data::text AS data, r.xid::text AS xid,
CASE WHEN r.at >= '0001-01-01 00:00:00+00' AND r.at < '10000-01-01 00:00:00+00'
     THEN to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE r.at::text END AS at
"""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(record: Mapping[str, Any], storefront_id: UUID, number: int) -> bytes:
    """The canonical form of one record.

    Args:
        record: its SEALED_COLUMNS.
        storefront_id: whose trail it is in.
        number: its place among the records of its order, from 1.
    """
    order_id = record["order_id"]
    # In the order of their names.
    return _encode(
        {
            "actor": record["actor"],
            "at": record["at"],
            "data": record["data"],
            "id": wire("rec", record["id"]),
            "kind": record["kind"],
            "mode": record["mode"],
            "number": number,
            "order": None if order_id == storefront_id else wire("ord", order_id),
            "storefront": wire("stf", storefront_id),
            "subject": record["subject"],
            "transaction": record["xid"],
        }
    ).encode()


def canonical_json(document: Mapping[str, str | int | None]) -> bytes:
    """The canonical form of a flat document of texts and small whole numbers."""
    return _encode(dict(sorted(document.items()))).encode()
