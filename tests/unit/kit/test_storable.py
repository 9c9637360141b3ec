"""What JSON can say and no column can hold."""

from tidings.kit.problem import Fault
from tidings.kit.storable import unstorable


def test_each_is_told_with_its_place() -> None:
    document = {"a": "x\0", "lines": [{"name": "ok"}, {"name": "\ud800"}], "n\0": {"deep": "\0"}}
    assert list(unstorable(document)) == [
        Fault("", "has a field whose name contains a NUL character"),
        Fault("/a", "contains a NUL character"),
        Fault("/lines/1/name", "contains half of a surrogate pair"),
    ]


def test_numbers_and_nothing_are_always_storable() -> None:
    assert not list(unstorable({"a": [1, 2.5, None, True, "text"]}))
