"""Lines find their numbers: by example, and whatever is sent and wanted (hypothesis)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.changes.numbers import Known, kept_numbers, numbered

SKUS = st.sampled_from("abc")
KNOWN = st.lists(st.tuples(SKUS, st.integers(0, 3)), max_size=5)
WANTED = st.lists(st.tuples(SKUS, st.integers(1, 4)), min_size=1, max_size=6)


def rows(*wanted: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"line": n, "sku": sku, "quantity": quantity} for n, (sku, quantity) in enumerate(wanted, start=1)]


def known(*lines: tuple[str, int]) -> list[Known]:
    return [Known(n, sku, gone, place=n - 1) for n, (sku, gone) in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("sent", "wanted", "numbers"),
    [
        # Nothing has left: from 1, as asked for.
        ([], [("b", 1), ("a", 1)], [1, 2]),
        # Wherever it stands now.
        ([("a", 1)], [("b", 1), ("a", 1)], [2, 1]),
        # What came back is wanted no more: nobody else gets its number.
        ([("a", 0), ("b", 2)], [("b", 2), ("c", 1)], [2, 3]),
        # Two lines of one article: the one of which more has left goes to where more is wanted.
        ([("a", 1), ("a", 3)], [("a", 3), ("a", 1)], [2, 1]),
        ([("a", 0), ("a", 2)], [("a", 2)], [2]),
        ([("a", 1), ("a", 1)], [("a", 5), ("a", 1)], [1, 2]),
    ],
)
def test_a_line_that_a_parcel_names_keeps_its_number(
    sent: list[tuple[str, int]], wanted: list[tuple[str, int]], numbers: list[int]
) -> None:
    lines, there = rows(*wanted), known(*sent)
    found = numbered(lines, kept_numbers(lines, there), {line.line for line in there})
    assert [line["line"] for line in found] == numbers


def test_two_lines_of_one_article_stay_where_they_stand_though_numbers_before_them_are_gone() -> None:
    """Line 1 was taken off before: lines 2 and 3 stand first and second."""
    there = [Known(2, "a", 1, place=0), Known(3, "a", 1, place=1)]
    assert kept_numbers(rows(("a", 1), ("a", 1)), there) == {0: 2, 1: 3}


def test_what_holds_too_few_is_not_that_line_any_more() -> None:
    assert kept_numbers(rows(("a", 1)), known(("a", 2))) == {}
    assert kept_numbers(rows(("b", 2)), known(("a", 2))) == {}


@given(KNOWN, WANTED)
def test_no_number_is_given_twice_and_none_that_parcels_name_to_something_else(
    sent: list[tuple[str, int]], wanted: list[tuple[str, int]]
) -> None:
    lines, there = rows(*wanted), known(*sent)
    found = numbered(lines, kept_numbers(lines, there), {line.line for line in there})
    by_number = {line["line"]: line for line in found}
    assert len(by_number) == len(lines)
    assert [(line["sku"], line["quantity"]) for line in found] == wanted
    for line in there:
        if line.line in by_number:
            assert by_number[line.line]["sku"] == line.sku
            assert by_number[line.line]["quantity"] >= line.gone
