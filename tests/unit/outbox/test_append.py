"""Work that is left behind."""

from tidings.kit.ids import new_id
from tidings.outbox.append import CUSTOMER_LANE, Work, work_row, work_rows
from tidings.outbox.tables import OutboxRow


def work(**changes: object) -> Work:
    usual: dict[str, object] = {
        "storefront_id": new_id(), "mode": "test", "order_id": new_id(), "id": new_id(), "queue": "email",
        "priority": 10, "order_seq": 3,
    }  # fmt: skip
    return Work(**usual | changes)  # type: ignore[arg-type]


def test_work_keeps_whose_it_is_and_where_it_stands() -> None:
    left = work(queue="sms", priority=30, order_seq=7)
    row = work_row(left)
    assert (row["storefront_id"], row["order_id"], row["id"]) == (left.storefront_id, left.order_id, left.id)
    assert (row["queue"], row["priority"], row["order_seq"], row["mode"]) == ("sms", 30, 7, "test")


def test_messages_to_a_customer_share_a_lane_and_other_work_has_its_own() -> None:
    assert work_row(work())["lane"] == CUSTOMER_LANE
    assert work_row(work(lane="storefront"))["lane"] == "storefront"


def test_it_is_due_by_the_databases_clock_and_nobodys() -> None:
    row = work_row(work())
    assert not {"due_at", "lease_token", "lease_owner", "lost_leases", "parked_at"} & set(row)
    assert OutboxRow.__table__.c.due_at.server_default is not None


def test_much_work_is_written_together() -> None:
    rows = work_rows([work(), work()])
    assert [len(many) for many in rows.by_table.values()] == [2]
    assert list(rows.by_table) == [OutboxRow.__table__]
