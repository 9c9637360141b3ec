"""What people are asked to do about a message."""

from tidings.delivery.chores import KINDS, chores
from tidings.kit.ids import new_id, wire
from tidings.tasks.kinds import TASK_KINDS


def test_every_kind_of_task_about_a_message_is_among_them() -> None:
    assert {kind for kind in TASK_KINDS if kind.startswith("message_")} < set(KINDS)


def test_each_is_about_the_message() -> None:
    shop, message = new_id(), new_id()
    found = chores(shop, "test", message)
    assert [cause.kind for cause in found] == list(KINDS)
    assert {(cause.storefront_id, cause.mode, cause.about) for cause in found} == {(shop, "test", wire("msg", message))}
