from hypothesis import given
from hypothesis import strategies as st

from tidings.shipments.contents import Ordered, Packed, gathered, left, overpacked, to_ship

TEA = Ordered(1, "TEA", "Tea", 3, is_product=True)
POT = Ordered(2, "POT", "Pot", 1, is_product=True)
SETUP = Ordered(3, "SET", "Set-up", 1, is_product=False)


def test_what_is_left_is_what_is_in_no_parcel() -> None:
    assert left([TEA, POT], [Packed(1, 1), Packed(1, 1)]) == {1: 1, 2: 1}


def test_all_that_is_left_goes_out() -> None:
    assert to_ship([TEA, POT], {1: 1, 2: 1}) == [Packed(1, 1), Packed(2, 1)]
    assert to_ship([TEA, POT], {1: 0, 2: 1}) == [Packed(2, 1)]
    assert to_ship([TEA, POT], {1: 0, 2: 0}) == []


def test_nobody_waits_for_a_service_to_be_shipped() -> None:
    assert to_ship([TEA, SETUP], {1: 0, 3: 1}) == []
    assert to_ship([TEA, SETUP], {1: 3, 3: 1}) == [Packed(1, 3)]


def test_an_order_of_services_alone_is_sent_like_any_other() -> None:
    assert to_ship([SETUP], {3: 1}) == [Packed(3, 1)]


def test_more_than_is_left_and_unknown_lines_are_refused_where_they_stand() -> None:
    wanted = [Packed(1, 2), Packed(9, 1), Packed(1, 2), Packed(2, 2)]
    found = {fault.pointer: fault.detail for fault in overpacked(wanted, {1: 3, 2: 1})}
    assert found == {
        "/lines/1/line": "is not a line of this order, which has 2",
        "/lines/2/quantity": "makes 4 of line 1: 3 left",
        "/lines/3/quantity": "makes 2 of line 2: 1 left",
    }
    assert overpacked([Packed(1, 1), Packed(1, 2)], {1: 3}) == []


def test_a_line_named_twice_is_packed_once() -> None:
    assert gathered([Packed(2, 1), Packed(1, 1), Packed(2, 3)]) == [Packed(1, 1), Packed(2, 4)]


@given(
    ordered=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    parcels=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=12),
)
def test_parcel_by_parcel_never_more_goes_out_than_was_ordered(
    ordered: list[int], parcels: list[tuple[int, int]]
) -> None:
    lines = [Ordered(n, "a", "a", quantity, is_product=True) for n, quantity in enumerate(ordered, start=1)]
    shipped: list[Packed] = []
    for line, quantity in parcels:
        if not overpacked([Packed(line, quantity)], left(lines, shipped)):
            shipped.append(Packed(line, quantity))
    remaining = left(lines, shipped)
    assert all(rest >= 0 for rest in remaining.values())
    assert not to_ship(lines, left(lines, [*shipped, *to_ship(lines, remaining)]))
