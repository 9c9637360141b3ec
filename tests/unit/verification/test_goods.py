from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tidings.verification.goods import Lack, Reserved, differences, goods_of, said_of

COUNTS = st.dictionaries(st.sampled_from("ABC"), st.integers(0, 5))


@dataclass
class Line:
    sku: str
    quantity: int
    kind: str = "product"


def test_lines_of_one_article_are_added_up_and_services_left_out() -> None:
    assert goods_of([Line("TEA", 1), Line("POT", 1), Line("TEA", 2), Line("HELP", 9, "service")]) == {
        "TEA": 3,
        "POT": 1,
    }


@given(COUNTS, COUNTS)
@settings(max_examples=50)
def test_what_differs_makes_of_what_is_promised_what_is_wanted(wanted: dict, promised: dict) -> None:
    more = differences(wanted, promised)
    assert list(more) == sorted(more)
    assert 0 not in more.values()
    assert {sku: promised.get(sku, 0) + more.get(sku, 0) for sku in "ABC"} == {s: wanted.get(s, 0) for s in "ABC"}


def test_what_lacks_is_said_in_the_words_of_the_trade() -> None:
    said = said_of([Lack("TEA", 2, 1), Lack("ODD", 1, None)])
    assert said == "not enough in stock: TEA (2 wanted, 1 there), ODD (not in the ledger)"


def test_what_is_said_is_never_long() -> None:
    said = said_of([Lack("S" * 20, 10**6, 10**6 - 1)] * 500)
    assert said.endswith(" and 495 more")
    assert len(said) < 400


def test_what_was_reserved_says_what_was_not_tracked() -> None:
    assert Reserved([], is_any=True).said == "reserved"
    assert Reserved([], is_any=False).said == "nothing to reserve"
    assert Reserved(["ODD"], is_any=False).said == "not tracked: ODD"
    assert Reserved(list("ABCDEFG"), is_any=True).said == "reserved; not tracked: A, B, C, D, E and 2 more"
