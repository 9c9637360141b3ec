"""Merge patches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.merge import merged

LEAVES = st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
DOCUMENTS = st.dictionaries(
    st.text("abc", min_size=1, max_size=2),
    st.recursive(LEAVES, lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)),
    max_size=4,
)


# The examples of RFC 7396, appendix A, whose target is an object.
@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": "foo"}, "bar", "bar"),
    ],
)
def test_patches_are_merged_as_the_rfc_says(target: Any, patch: Any, expected: Any) -> None:
    assert merged(target, patch) == expected


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_laid_on_twice_changes_nothing_more(target: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merged(target, patch)
    assert merged(once, patch) == once


@given(DOCUMENTS)
def test_the_document_that_is_patched_is_left_alone(target: dict[str, Any]) -> None:
    copy = merged({}, target)
    merged(target, dict.fromkeys(target))
    assert target == copy
