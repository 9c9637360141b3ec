"""The map of personal data has every column of every table that could say something of somebody."""

from collections import defaultdict

import pytest
from sqlalchemy import Table

from tidings.bootstrap.settled import MAP
from tidings.kit.keeping import Keeping, is_textual
from tidings.retention.map import children_first, loose, of_orders
from tidings.schema import metadata

KNOWN = MAP


def by_table() -> dict[str, list[Keeping]]:
    found: dict[str, list[Keeping]] = defaultdict(list)
    for keeping in KNOWN:
        found[keeping.table.name].append(keeping)
    return found


def unclassified(table: Table, keepings: list[Keeping]) -> set[str]:
    """Columns that the map does not know, or knows twice, or that are not there."""
    wanted = {column.name for column in table.columns if is_textual(column)}
    faults: set[str] = set() if keepings else wanted | {"(the whole table)"}
    for keeping in keepings:
        faults |= wanted ^ {*keeping.plain, *keeping.personal}
        faults |= set(keeping.plain) & set(keeping.personal)
    return faults


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_text_of_every_table_is_said_to_be_personal_or_not(table: Table) -> None:
    assert unclassified(table, by_table()[table.name]) == set(), "say so in the keeping.py of the table's slice"


def test_a_new_column_is_noticed() -> None:
    keeping = by_table()["order_notes"][0]
    short = Keeping(table=keeping.table, kind="orders", plain=("actor",), personal={})
    assert unclassified(keeping.table, [short]) == {"text", "salt"}
    assert "(the whole table)" in unclassified(keeping.table, [])


@pytest.mark.parametrize("keeping", KNOWN, ids=lambda keeping: keeping.table.name)
def test_what_the_map_says_of_a_table_fits_it(keeping: Keeping) -> None:
    columns = keeping.table.columns
    assert keeping.has_orders <= (keeping.order in columns)
    assert not keeping.age or keeping.age in columns
    assert not keeping.loose or keeping.age
    # Whatever is personal is found: by its orders, or by a condition of its own.
    assert not keeping.personal or keeping.order or keeping.whose


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_row_of_an_order_goes_with_it(table: Table) -> None:
    points_to_orders = any(key.column.table.name == "orders" for key in table.foreign_keys)
    if points_to_orders:
        assert all(keeping.has_orders and keeping.kind not in {"own", "records"} for keeping in by_table()[table.name])


def test_rows_go_before_those_that_they_point_to() -> None:
    names = [keeping.table.name for keeping in children_first(KNOWN)]
    assert names.index("receipts") < names.index("attempts")
    assert names.index("approvals") < names.index("change_requests") < names.index("orders")
    assert {keeping.table.name for keeping in of_orders(KNOWN, "communications")} >= {"messages", "outbox"}
    assert {keeping.table.name for keeping in loose(KNOWN)} == {"inbox", "record_words", "suppressions", "tasks"}
