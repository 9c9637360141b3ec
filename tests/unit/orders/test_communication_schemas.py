"""Communications on the wire."""

import pytest
from pydantic import ValidationError

from tests.clock import FixedClock
from tidings.kit.ids import new_id, wire
from tidings.orders.communication_schemas import CommunicationToLog, communication_of
from tidings.orders.tables import CommunicationRow

SAID = {"channel": "phone", "direction": "outbound", "summary": "Hello"}


def test_the_examples_are_right():
    for example in CommunicationToLog.model_config["json_schema_extra"]["examples"]:
        CommunicationToLog.model_validate(example)


@pytest.mark.parametrize(
    "wrong", [{"fulfils": "deadline_missed"}, {"fulfils": "lunch"}, {"subject_id": "order 7"}, {"summary": "a\x00b"}]
)
def test_what_cannot_be_logged_is_refused(wrong):
    with pytest.raises(ValidationError):
        CommunicationToLog.model_validate(SAID | wrong)


def test_a_row_is_told_as_it_was_logged():
    now = FixedClock().now()
    row = CommunicationRow(
        storefront_id=new_id(), order_id=new_id(), id=new_id(), channel="letter", direction="inbound", summary="Dear",
        fulfils=None, subject=None, contents=[], at=now, actor="staff/7", logged_at=now,
    )  # fmt: skip
    told = communication_of(row)
    assert (told.id, told.order_id, told.summary) == (wire("com", row.id), wire("ord", row.order_id), "Dear")
