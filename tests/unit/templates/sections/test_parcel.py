import pytest

from tests.unit.templates.making import material, names
from tidings.templates.errors import Unrenderable


def test_a_parcel_says_what_is_in_it_and_what_is_still_to_come():
    found = names("parcel", material("long"))
    assert [quantity for quantity, _ in found["contents_rows"]] == [1]
    assert len(found["remaining_rows"]) == 29
    assert found["partial"] is True
    assert (found["carrier"], found["tracking_number"], found["delivered"]) == ("DHL", "00340434161094042557", "")


def test_a_parcel_that_has_arrived_says_when():
    assert names("parcel", material(milestone="order_delivered"))["delivered"].startswith(
        "Thursday, November 26, 2026, 11:32"
    )


def test_the_last_parcel_of_several_does_not_pass_for_the_whole_order():
    made = material("long", "order_delivered", status="partially_delivered")
    made.part("shipment")["remaining"] = []
    assert names("parcel", made)["partial"] is True


@pytest.mark.parametrize("status", ["delivered", "completed"])
def test_an_order_that_has_arrived_is_whole_with_its_last_parcel(status):
    assert names("parcel", material("long", "order_delivered", status=status))["partial"] is False


def test_a_service_is_in_no_parcel():
    made = material()
    made.order["lines"].append(made.order["lines"][0] | {"line": 2, "kind": "service"})
    assert names("parcel", made)["partial"] is False


@pytest.mark.parametrize(
    ("url", "number", "ways"),
    [
        ("https://t.example/1", "1", ["https://t.example/1", "https://shop.example/o/1", "DHL 1"]),
        ("javascript:alert(1)", "1", ["https://shop.example/o/1", "DHL 1"]),
        (7, None, ["https://shop.example/o/1"]),
    ],
)
def test_there_is_more_than_one_way_to_follow_a_parcel(url, number, ways):
    made = material()
    made.part("shipment").update(tracking_url=url, tracking_number=number)
    names("parcel", made)
    assert made.lists["track"] == ways


def test_a_parcel_without_a_shipment_or_with_nothing_in_it_is_refused():
    with pytest.raises(Unrenderable, match=r"^/shipment: is missing"):
        names("parcel", material(milestone="order_incomplete"))
    made = material()
    made.part("shipment")["lines"] = []
    with pytest.raises(Unrenderable, match=r"^/shipment/lines: is missing"):
        names("parcel", made)


def test_an_exception_is_told_in_the_carriers_words():
    made = material(milestone="delivery_exception")
    names("exception", made)
    assert made.texts["note"] == "The tin is dented."


def test_of_several_exceptions_the_latest_is_told():
    made = material(milestone="delivery_exception")
    made.part("shipment")["events"] = [
        {"status": "exception", "at": "2026-11-26T11:00:00+01:00", "note": "Second"},
        {"status": "exception", "at": "2026-11-26T10:00:00+01:00", "note": "First"},
        {"status": "exception", "note": "Without a time"},
        {"status": "in_transit", "at": "2026-11-27T10:00:00+01:00", "note": "Moved"},
    ]
    names("exception", made)
    assert made.texts["note"] == "Second."


def test_of_two_exceptions_at_the_same_time_the_later_told_is_told():
    made = material(milestone="delivery_exception")
    at = "2026-11-26T11:00:00+01:00"
    made.part("shipment")["events"] = [{"status": "exception", "at": at, "note": note} for note in ("First", "Second")]
    names("exception", made)
    assert made.texts["note"] == "Second."


def test_an_exception_without_one_is_refused():
    with pytest.raises(Unrenderable, match=r"^/shipment/events: has no exception"):
        names("exception", material(milestone="order_dispatched"))


def test_a_parcel_that_came_back_may_not_say_why():
    silent, told = material(milestone="order_dispatched"), material(milestone="shipment_returned")
    names("returned", silent)
    names("returned", told)
    assert (silent.texts["note"], told.texts["note"]) == ("", "The tin is dented.")


def test_what_came_back_is_not_said_to_be_still_to_come():
    made = material("long", "shipment_returned")
    names("parcel", made)
    found = names("returned", made)
    assert len(found["contents_rows"]) == 1
    assert (found["remaining_rows"], made.lists["remaining"]) == ([], [])
