"""What a patch has changed."""

from tidings.orders.merge import differences


def test_differences_point_at_what_changed() -> None:
    before = {"a": {"b": 1, "c": [1]}, "d": None, "e/f": 1}
    assert differences(before, {"a": {"b": 2, "c": [1, 2]}, "g": 1}) == ["/a/b", "/a/c", "/e~1f", "/g"]
    assert differences(before, dict(before)) == []
