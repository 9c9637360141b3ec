from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tidings.issues.schemas import IssueChange, IssueResolution, IssueToOpen, issue_of
from tidings.issues.tables import IssueRow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ID = UUID(int=1)


def test_an_issue_is_shown_as_it_is_stored() -> None:
    row = IssueRow(
        storefront_id=ID, order_id=ID, id=ID, mode="test", kind="other", about="x", status="open", details="d",
        next_steps=None, is_told=True, owner="staff/anna", due_at=NOW, opened_at=NOW, opened_by="shop",
        escalated_at=None, resolution=None, resolved_at=None, resolved_by=None,
    )  # fmt: skip
    told = issue_of(row)
    assert (told.id, told.order_id) == (f"iss_{ID.hex}", f"ord_{ID.hex}")
    assert (told.kind, told.status, told.notify, told.owner, told.due_at) == ("other", "open", True, "staff/anna", NOW)


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"kind": "lost"}, {"kind": "other", "owner": "anna"}, {"kind": "other", "due_at": "today"},
        {"kind": "other", "details": ""}, {"kind": "other", "next_steps": "a\x00"}, {"kind": "other", "notify": 1},
        {"kind": "other", "detail": "x"},
    ],
)  # fmt: skip
def test_what_is_no_issue_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IssueToOpen.model_validate(asked)


def test_a_change_names_what_it_changes_and_null_takes_away() -> None:
    change = IssueChange.model_validate({"owner": None, "details": "x"})
    assert change.model_dump(exclude_unset=True) == {"owner": None, "details": "x"}
    with pytest.raises(ValidationError):
        IssueChange.model_validate({"kind": "other"})


def test_how_it_was_settled_need_not_be_said() -> None:
    assert IssueResolution.model_validate({}).resolution is None
