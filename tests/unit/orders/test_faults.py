import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tidings.kit.faults import pointer
from tidings.kit.problem import Fault
from tidings.orders.faults import fault_of, untold, without
from tidings.orders.schemas import PlaceOrder

ORDER = TypeAdapter(PlaceOrder)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
SHARE = 'must be a share from 0 to 1 in quotes, such as "0.19"'
CURRENCY = "is not an ISO 4217 currency code in capitals"
NAMES = st.sampled_from([*PlaceOrder.model_fields, "zzz", "a/b", "~"])


def refused(body: object) -> list[object]:
    with pytest.raises(ValidationError) as refusal:
        ORDER.validate_json(json.dumps(body).encode())
    return refusal.value.errors(include_url=False, include_input=False)  # type: ignore[return-value]


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_whatever_is_refused_the_rest_can_be_judged(body: dict[str, object]) -> None:
    raw = json.dumps(body).encode()
    try:
        ORDER.validate_json(raw)
    except ValidationError as refusal:
        rest = without(raw, refusal.errors(include_url=False))
        assert rest is not None
        ORDER.validate_json(rest)


@given(st.lists(st.text(max_size=4) | st.integers(0, 9), max_size=4))
def test_a_pointer_leads_back_to_its_place(path: list[str | int]) -> None:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer(path).split("/")[1:]]
    assert parts == [str(part) for part in path]


def test_there_is_no_rest_of_what_is_no_object() -> None:
    assert without(b"[]", refused([])) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"zz": 1}, {"/zz": "is not a field that is known here"}),
        (
            {"lines": [{"tax_rate": "7"}]},
            {"/lines/0/tax_rate": 'must be a share from 0 to 1 in quotes, such as "0.19"'},
        ),
        ({"number": "a\nb"}, {"/number": "contains a control character, which no name, number or address has"}),
        ({"number": "x" * 101}, {"/number": "is longer than 100 letters"}),
        ({"notify": 1}, {"/notify": "must be true or false"}),
        ({"lines": [{"kind": "x"}]}, {"/lines/0/kind": "must be 'product' or 'service'"}),
        ({"lines": [{"quantity": 0}]}, {"/lines/0/quantity": "must be greater than or equal to 1"}),
        ({"total": {"amount": 1, "currency": "XXXX"}}, {"/total/currency": "is longer than 3 letters"}),
        (
            {"total": {"amount": 1, "currency": "ABC"}},
            {"/total/currency": "is not an ISO 4217 currency code in capitals"},
        ),
        ({"total": {"amount": 1}}, {"/total/currency": "is required"}),
        ({"customer": []}, {"/customer": "must be an object"}),
        ({"lines": {}}, {"/lines": "must be a list"}),
        ({"placed_at": 5}, {"/placed_at": "is not an RFC 3339 time with an offset, such as 2026-11-23T09:14:07+01:00"}),
    ],
)
def test_what_is_refused_is_said_in_our_words(body: object, expected: dict[str, str]) -> None:
    told = [fault_of(error) for error in refused(body)]  # type: ignore[arg-type]
    assert {fault.pointer: fault.detail for fault in told} == expected


def test_a_place_is_told_with_its_parts_and_with_what_it_is_a_part_of() -> None:
    faults = [Fault(pointer, "is required") for pointer in ("/a/b", "/a", "/c", "/ab", "/d/e")]
    assert [fault.pointer for fault in untold(faults, ["/a"])] == ["/c", "/ab", "/d/e"]
    assert [fault.pointer for fault in untold(faults, ["/z", "/a/b", "/d"])] == ["/c", "/ab"]
    assert untold(faults, ["", "/z"]) == []
    assert untold(faults, []) == faults


def test_what_has_gone_with_its_whole_is_not_missed() -> None:
    errors = [{"loc": ("a",), "type": "x"}, {"loc": ("a", "b"), "type": "x"}, {"loc": ("c", "d", "e"), "type": "x"}]
    assert without(b'{"a": {"b": 1}, "c": 5}', errors) == b'{"c": 5}'  # type: ignore[arg-type]


def test_numbers_of_any_length_are_refused_like_others() -> None:
    raw = b'{"lines": [{"quantity": ' + b"9" * 4000 + b'}], "zz": ' + b"9" * 4000 + b"}"
    with pytest.raises(ValidationError) as refusal:
        ORDER.validate_json(raw)
    assert without(raw, refusal.value.errors()) == b'{"lines": [{}]}'
