"""Cursors are opaque, and only our own are taken."""

import base64
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.page import Window, decode_cursor, encode_cursor, instant, whole
from tidings.kit.problem import InvalidInput


@given(st.lists(st.one_of(st.text(), st.integers(), st.uuids().map(str)), max_size=4))
def test_a_cursor_is_read_as_it_was_given(key: list[object]) -> None:
    assert list(decode_cursor(encode_cursor(*key))) == key


@given(st.text())
def test_whatever_else_comes_is_refused_or_a_list(text: str) -> None:
    with suppress(InvalidInput):
        assert isinstance(decode_cursor(text), tuple)


@pytest.mark.parametrize("cursor", ["é", "A", base64.urlsafe_b64encode(b'{"a":1}').decode(), "W" * 4])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_cursor(cursor)
    assert refused.value.faults[0].pointer == "/query/cursor"


def test_the_key_is_made_of_its_parts() -> None:
    key = Window(after=("2026-11-23T08:00:00+00:00", str(UUID(int=1)), "7")).key(instant, UUID, whole)
    assert key == (datetime(2026, 11, 23, 8, tzinfo=UTC), UUID(int=1), 7)
    assert Window().key(UUID) is None


@pytest.mark.parametrize(
    "after",
    [
        ("2026-11-23T08:00:00", "7"),
        ("yesterday", "7"),
        ("0001-01-01T00:00:00+14:00", "7"),
        ("2026-11-23T08:00:00Z", "-7"),
        ("2026-11-23T08:00:00Z", "1" * 19),
        ("2026-11-23T08:00:00Z", "\u0667"),
        ("2026-11-23T08:00:00Z",),
        (None, None),
    ],
)
def test_a_key_of_another_list_is_refused(after: tuple[object, ...]) -> None:
    with pytest.raises(InvalidInput):
        Window(after=after).key(instant, whole)
