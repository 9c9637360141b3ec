"""Whatever is posted, the check answers with an order or with faults, and never falls over."""

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.orders.rules import NOW, fresh, judged
from tidings.orders.checked import CheckedOrder
from tidings.orders.schemas import Order

ODD: list[Any] = [
    None, True, 0, -1, 1.5, 1e300, 2**63, 10**30, "", " ", "\x00", "\n", "x" * 5000, "é", "\u202e", "💥", [], {},
    [None], [[]], {"": 1}, {"a": {"b": {}}}, "2026-11-26", "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-23:59",
    "EUR", "XXX", "DE", "zz", "US", "+49", "++", "a@b", "@", "a@b.test", "NaN", "1e5", "0.07", "-0",
]  # fmt: skip
Path = tuple[str | int, ...]


def paths(node: Any, at: Path = ()) -> Iterator[Path]:
    if at:
        yield at
    for name, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(inner, (*at, name))


PATHS = list(paths(fresh() | {"number": "1", "discount": {"price": {}}, "notify": True, "prices_include_tax": False}))


def put(document: Any, path: Path, value: Any) -> None:
    *way, last = path
    try:
        for part in way:
            document = document[part]
        document[last] = value
    except (LookupError, TypeError):
        return


@given(
    changes=st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(ODD)), max_size=4),
    names=st.lists(st.tuples(st.sampled_from(PATHS), st.text(max_size=4)), max_size=1),
    lenient=st.booleans(),
)
def test_an_order_with_odd_parts_is_an_order_or_has_faults(
    changes: list[tuple[Path, Any]], names: list[tuple[Path, str]], *, lenient: bool
) -> None:
    body = fresh()
    for path, value in changes:
        put(body, path, deepcopy(value))
    for path, name in names:
        put(body, (*path, name), 1)
    told = judged(body, lenient=lenient)
    if isinstance(told, CheckedOrder):
        Order.model_validate_json(told.answer(UUID(int=1), "1", "test", NOW))
        assert lenient or not told.missing
        return
    assert told
    assert len({(fault.pointer, fault.detail) for fault in told}) == len(told)
    assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in told)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_what_is_no_order_has_faults(raw: bytes) -> None:
    assert isinstance(judged(raw), list)


def test_an_order_that_is_cut_off_anywhere_has_faults() -> None:
    raw = json.dumps(fresh()).encode()
    assert all(isinstance(judged(raw[:end]), list) for end in range(0, len(raw), 7))


def test_a_body_that_is_wrong_in_tens_of_thousands_of_places_holds_nobody_up_for_long() -> None:
    """It is judged on the loop that everybody's orders are placed on."""
    body = {f"a{n}": 0 for n in range(50_000)} | {"lines": [{}] * 500}
    began = time.thread_time()
    told = judged(body)
    assert isinstance(told, list)
    assert len(told) > 52_000
    assert time.thread_time() - began < 5, "of this thread's own time, however busy the machine"
