"""What is wrong with a body before any model sees it."""

import pytest

from tidings.api.body import check_json, check_media_type
from tidings.api.errors import MalformedBody, UnsupportedMediaType
from tidings.kit.problem import Fault, InvalidInput

DEEP = b"[" * 300 + b"]" * 300


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"application/json; charset=utf-8",
        b'Application/JSON;charset="UTF-8"',
        b"application/x+json",
    ],
)
def test_json_in_utf8_is_taken(content_type: bytes) -> None:
    check_media_type(content_type, None)


@pytest.mark.parametrize(
    ("content_type", "coding"),
    [
        (None, None),
        (b"", None),
        (b"text/plain", None),
        (b"application/x-www-form-urlencoded", None),
        (b"text/x+json", None),
        (b"application/json; charset=latin-1", None),
        (b"application/json", b"gzip"),
    ],
)
def test_anything_else_is_not(content_type: bytes | None, coding: bytes | None) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_media_type(content_type, coding)


def test_no_coding_is_none_at_all() -> None:
    check_media_type(b"application/json", b" Identity ")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":"\x00"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\xff"}',
        DEEP,
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\\u0000"',
        b'{"a":NaN,"b":' + b"[" * 100_000,
    ],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"name":"NaN Bakery, Infinity Road"}',
        b"[" * 150 + b"]" * 150,
        b"[" + b"{}," * 500 + b"{}]",
        b'"\\ud83d\\ude00"',
    ],
)
def test_what_is_sound_passes(body: bytes) -> None:
    check_json(body)


def test_the_depth_is_left_to_a_parser_that_bounds_it() -> None:
    check_json(DEEP, parsed_with_limits=True)


def test_what_is_broken_otherwise_is_left_to_the_routes_own_parser() -> None:
    # So many brackets that the depth is looked at, and nothing that is too deep.
    check_json(b"{" * 150 + b"}" * 150 + b"[]" * 100)


def test_nul_characters_and_half_pairs_are_told_each_with_its_place() -> None:
    body = b'{"a":"x\\u0000","lines":[{"name":"ok"},{"name":"\\ud800"}],"n\\u0000":{"deep":"\\u0000"}}'
    with pytest.raises(InvalidInput) as refused:
        check_json(body)
    assert refused.value.faults == (
        Fault("", "has a field whose name contains a NUL character"),
        Fault("/a", "contains a NUL character"),
        Fault("/lines/1/name", "contains half of a surrogate pair"),
    )


def test_what_is_judged_item_by_item_is_let_through() -> None:
    check_json(b'{"orders":[{"number":"x\\u0000"},{"number":"\\ud800"}]}', judged_apart=True)
