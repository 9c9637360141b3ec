"""A shop's rules as callers see and change them."""

from datetime import UTC, datetime

from tidings.kit.ids import new_id
from tidings.storefronts.rule_schemas import CalendarChange, PolicyChange, rule_book_of
from tidings.storefronts.tables import RuleBookRow


def test_a_patch_keeps_apart_what_is_absent_and_what_is_taken_away() -> None:
    change = CalendarChange.model_validate({"hours": {"sat": None}, "holidays": None})
    assert change.model_dump(mode="json", exclude_unset=True) == {"hours": {"sat": None}, "holidays": None}
    assert PolicyChange.model_validate({"desk": {"email": None}}).model_dump(exclude_unset=True) == {
        "desk": {"email": None}
    }


def test_a_version_says_who_made_it_and_since_when_it_was_in_force() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    row = RuleBookRow(
        storefront_id=new_id(), version=3, time_zone="UTC", calendar={}, policy={}, from_at=at, changed_by="staff/ada"
    )
    told = rule_book_of(row)
    assert (told.version, told.from_at, told.changed_by) == (3, at, "staff/ada")
