"""Refusals as classes."""

from tidings.kit.problem import Fault, InvalidInput, NotFound


def test_the_docstring_is_what_callers_read() -> None:
    assert NotFound().body() == {
        "type": "urn:tidings:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such resource for this key.",
    }


def test_a_refusal_may_say_more_about_the_one_at_hand() -> None:
    told = NotFound("No order of that number.", number="W-1").body("urn:x")
    assert (told["detail"], told["number"], told["instance"]) == ("No order of that number.", "W-1", "urn:x")
    assert str(NotFound("No order of that number.")) == "No order of that number."


def test_all_faults_are_listed() -> None:
    told = InvalidInput(faults=[Fault("/a", "is required"), Fault("/b", "is odd")]).body()
    assert told["errors"] == [{"pointer": "/a", "detail": "is required"}, {"pointer": "/b", "detail": "is odd"}]


def test_header_fields_are_the_refusals_own() -> None:
    given = {"Retry-After": "1"}
    refusal = NotFound(headers=given)
    refusal.headers["X"] = "y"
    assert given == {"Retry-After": "1"}
