"""Events before they are written."""

from datetime import UTC, datetime

from tidings.kit.ids import new_id
from tidings.webhooks.tell import TABLE, Telling, event_rows


def test_each_telling_is_a_row_with_an_id_of_its_own() -> None:
    order, now = new_id(), datetime(2026, 11, 23, tzinfo=UTC)
    tellings = [Telling(new_id(), "test", order, seq, "note.written", "staff/eve", now, "{}") for seq in (1, 2)]
    rows = event_rows(tellings).by_table[TABLE]
    assert [row["order_seq"] for row in rows] == [1, 2]
    assert rows[0]["id"] < rows[1]["id"]
    assert {"sequence", "xid"}.isdisjoint(rows[0])
