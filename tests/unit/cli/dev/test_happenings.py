"""A happening as a line."""

from tidings.cli.dev.happenings import line, particulars, promise

HAPPENED = {
    "at": "2026-11-23T10:00:00.042000+00:00",
    "kind": "order.placed",
    "actor": "demo",
    "data": {
        "order_seq": 1,
        "snapshot_digest": "b705",
        "carrier": None,
        "lines": 2,
        "messages": [{"milestone": "order_confirmation"}],
    },
}


def test_a_happening_is_one_line():
    printed = line("T-1", HAPPENED)
    assert printed.endswith("order.placed         demo lines=2 owes=order_confirmation")
    assert ":00.042" in printed


def test_what_says_nothing_more_is_its_actor_alone():
    assert particulars(HAPPENED | {"data": {}}) == "demo"


def test_a_promise_that_was_kept_says_by_when_and_by_what():
    kept = {
        "kind": "order_confirmation",
        "status": "met",
        "due_at": "2026-11-23T11:00:00+00:00",
        "met_at": "2026-11-23T10:00:00.042000+00:00",
        "met_by": "msg_1",
    }
    printed = promise("T-1", kept)
    assert ":00.042  promise met          order_confirmation promised by " in printed
    assert printed.endswith(", kept by msg_1")
