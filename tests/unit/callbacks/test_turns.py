"""Which callbacks may be applied together."""

from datetime import UTC, datetime

from tidings.callbacks.incoming import Incoming, Origin
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.turns import turns
from tidings.delivery.receive import AttemptRef
from tidings.kit.ids import new_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMAIL = Origin(new_id(), "test", new_id(), "email", "sandbox")
SHOP, ORDER = EMAIL.storefront_id, new_id()
MESSAGES = [new_id() for _ in range(3)]


def said(name: str, address: str | None = None, origin: Origin = EMAIL) -> Incoming:
    return Incoming(origin, ProviderEvent(name, "receipt", "sent", address=address), NOW)


def taken(callbacks: list[list[Incoming]], about: dict[str, int] | None = None) -> list[list[str]]:
    attempts = {
        one.key: AttemptRef(SHOP, ORDER, MESSAGES[about[one.event.key]], new_id())
        for callback in callbacks
        for one in callback
        if about and one.event.key in about
    }
    return [[one.event.key for one in turn] for turn in turns(callbacks, attempts)]


def test_what_is_about_different_things_goes_together() -> None:
    callbacks = [[said("a")], [], [said("b"), said("c")], [said("d", "x@example.com")], [said("e", "y@example.com")]]
    assert taken(callbacks, {"a": 0, "b": 1, "c": 2}) == [["a", "b", "c", "d", "e"]]


def test_what_one_callback_says_of_one_message_stays_together() -> None:
    assert taken([[said("a"), said("b")]], {"a": 0, "b": 0}) == [["a", "b"]]


def test_the_same_message_is_spoken_of_in_turns_and_nobody_overtakes() -> None:
    callbacks = [[said("a")], [said("b"), said("c")], [said("d")], [said("e")]]
    # The last is about what the second, which waits, is about too.
    assert taken(callbacks, {"a": 0, "b": 0, "c": 1, "d": 2, "e": 1}) == [["a", "d"], ["b", "c"], ["e"]]


def test_an_address_is_one_however_it_is_written_and_another_elsewhere() -> None:
    live = Origin(SHOP, "live", new_id(), "email", "sandbox")
    callbacks = [[said("a", "Ada@example.com")], [said("b", "ada@example.com ")], [said("c", "ada@example.com", live)]]
    assert taken(callbacks) == [["a", "c"], ["b"]]


def test_without_events_there_are_no_turns() -> None:
    assert taken([]) == taken([[], []]) == []


def test_a_lifted_suppression_and_a_bounce_that_names_no_address_keep_their_order() -> None:
    lifts = Incoming(EMAIL, ProviderEvent("lifts", "opt_in", "start", address="x@example.com"), NOW)
    about = {"a": 0, "b": 1, "c": 2}
    assert taken([[said("a")], [lifts], [said("b")], [said("c")]], about) == [["a"], ["lifts"], ["b", "c"]]
    elsewhere = Origin(SHOP, "test", new_id(), "sms", "sandbox")
    assert taken([[lifts], [said("b", "+4915112345678", elsewhere)]]) == [["lifts", "b"]]
