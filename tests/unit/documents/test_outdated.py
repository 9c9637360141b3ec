"""A document is outdated by what it says itself, and by nothing else."""

from copy import deepcopy
from typing import Any

import pytest

from tests.fixtures.documents import given
from tidings.documents.kinds import DocumentKind
from tidings.documents.outdated import is_outdated


@pytest.mark.parametrize(
    ("path", "value", "outdates"),
    [
        (("lines", 0, "quantity"), 3, {"invoice", "receipt"}),
        (("lines", 0, "name"), "Black tea", {"invoice", "receipt"}),
        (("lines", 1, "name"), "Teapot, blue", {"invoice", "receipt", "warranty"}),
        (("lines", 1, "warranty_months"), 12, {"warranty"}),
        (("shipping",), None, {"invoice", "receipt"}),
        (("discounts",), [], {"invoice", "receipt"}),
        (("order", "supplied_at"), "2026-11-28T10:00:00+00:00", {"warranty"}),
        (("order", "billing_address"), None, set()),
        (("shop", "name"), "Teahouse", set()),
        (("lines", 0, "added_by_a_later_version"), 1, set()),
    ],
)  # fmt: skip
def test_what_it_says_itself_outdates_a_document(path: tuple[Any, ...], value: object, outdates: set[str]) -> None:
    told = given()
    now = deepcopy(told)
    *way, last = path
    place: Any = now
    for step in way:
        place = place[step]
    place[last] = value
    kinds: tuple[DocumentKind, ...] = ("invoice", "receipt", "warranty")
    assert {kind for kind in kinds if is_outdated(kind, told, now)} == outdates
    assert not any(is_outdated(kind, told, deepcopy(told)) for kind in kinds)
