"""The second of two changes is told."""

import pytest

from tidings.kit.etag import check_if_match, etag
from tidings.kit.problem import PreconditionFailed


@pytest.mark.parametrize("given", [None, "*", ' "3" ', '"2", "3"'])
def test_who_knows_the_version_or_names_none_may_go_on(given: str | None) -> None:
    check_if_match(given, 3)


@pytest.mark.parametrize("given", ['"2"', "3", 'W/"3"', ""])
def test_who_knows_another_version_is_told_the_present_one(given: str) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        check_if_match(given, 3)
    assert refused.value.headers == {"ETag": etag(3)}
