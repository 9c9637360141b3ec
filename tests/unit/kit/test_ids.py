"""Ids: times inside, opaque outside."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.ids import new_id, parse, wire


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert made[0].version == 7


@given(st.uuids())
def test_what_was_told_is_read_again(value: UUID) -> None:
    assert parse("ord", wire("ord", value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ord",
        "ord_",
        "ord_xyz",
        f"msg_{'0' * 32}",
        f"ord_{'0' * 31}",
        f"ord_{'g' * 32}",
        "ord_" + "\u0660" * 32,
        "ord_\x00",
    ],
)
def test_what_was_not_told_by_us_is_nobody(text: str) -> None:
    assert parse("ord", text) is None
