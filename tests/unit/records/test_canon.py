"""The canonical form is RFC 8785's."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.ids import new_id, wire
from tidings.records.canon import canonical, canonical_json, instant_text

# Whatever Postgres keeps as text: no NUL, no halves of surrogate pairs.
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@given(
    st.fixed_dictionaries(
        {
            "actor": TEXT, "at": TEXT, "data": TEXT, "kind": TEXT, "subject": TEXT, "xid": TEXT,
            "mode": st.none() | TEXT, "id": st.uuids(), "order_id": st.uuids(),
        }
    ),
    st.uuids(),
    st.integers(1, 2**31 - 1),
)  # fmt: skip
def test_a_record_is_told_as_a_library_tells_it(record: dict[str, Any], storefront: UUID, number: int) -> None:
    told = {
        "actor": record["actor"],
        "at": record["at"],
        "data": record["data"],
        "id": wire("rec", record["id"]),
        "kind": record["kind"],
        "mode": record["mode"],
        "number": number,
        "order": wire("ord", record["order_id"]),
        "storefront": wire("stf", storefront),
        "subject": record["subject"],
        "transaction": record["xid"],
    }
    assert canonical(record, storefront, number) == rfc8785.dumps(told)


@given(st.dictionaries(st.text("abcdefghijklmnop_", min_size=1), TEXT | st.integers(0, 2**53 - 1) | st.none()))
def test_a_flat_document_is_told_as_a_library_tells_it(document: dict[str, str | int | None]) -> None:
    assert canonical_json(document) == rfc8785.dumps(document)


def test_what_concerns_no_order_names_none() -> None:
    storefront = new_id()
    record = dict.fromkeys(("actor", "at", "data", "kind", "mode", "subject", "xid"), "x")
    assert b'"order":null' in canonical(record | {"id": new_id(), "order_id": storefront}, storefront, 1)


def test_instants_are_told_in_utc_to_the_microsecond() -> None:
    at = datetime(2026, 11, 29, 20, 10, tzinfo=timezone(timedelta(hours=1)))
    assert instant_text(at) == "2026-11-29T19:10:00.000000Z"
    assert instant_text(datetime(2026, 1, 2, microsecond=7, tzinfo=UTC)) == "2026-01-02T00:00:00.000007Z"
