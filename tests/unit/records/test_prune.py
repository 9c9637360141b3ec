import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tidings.records.prune import spans, spans_told


@given(st.sets(st.integers(0, 60)))
def test_positions_are_told_as_stretches_and_found_again(positions: set[int]) -> None:
    told = spans(sorted(positions))
    assert {n for first, last in told for n in range(first, last + 1)} == positions
    assert all(after[0] > before[1] + 1 for before, after in pairwise(told))
    assert spans_told(json.dumps({"positions": told})) == [tuple(each) for each in told]


def test_what_tells_of_no_positions_accounts_for_nothing() -> None:
    for text in ("null", "{}", '{"positions": 7}', '{"positions": [[1]]}', '{"positions": [["x", "y"]]}'):
        assert spans_told(text) == []
