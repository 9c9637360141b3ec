import pytest
from pydantic import ValidationError

from tidings.storefronts.paperwork import Paperwork


def test_series_go_by_kind_and_by_the_year_where_the_shop_wants_that() -> None:
    assert Paperwork().series_of("invoice", 2026) == "INV-"
    told = Paperwork(series={"invoice": "RE-"}, has_year=True)
    assert (told.series_of("invoice", 2026), told.series_of("credit_note", 2026)) == ("RE-2026-", "CRN-2026-")


def test_a_kind_is_named_once() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Paperwork(at_completion=("invoice", "invoice"))


@pytest.mark.parametrize("prefix", ["", "-INV", "R\nE", "x" * 21, "INV 1"])
def test_a_series_is_plain(prefix: str) -> None:
    with pytest.raises(ValidationError):
        Paperwork(series={"invoice": prefix})
