"""Many rows of many tables in one statement."""

import pytest
from sqlalchemy import Column, Integer, Interval, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from tidings.kit.rows import Rows, arguments, insert_part, insert_sql, shape_of

META = MetaData()
ONE = Table("one", META, Column("id", Uuid), Column("data", JSONB))
TWO = Table("two", META, Column("n", Integer), Column("t", Text))
ODD = Table("odd", META, Column("lasts", Interval))


def test_each_column_is_one_array() -> None:
    sql = insert_part(ONE, ("id", "data"), 1)
    assert sql.startswith('INSERT INTO one ("id", "data") SELECT u."id", u."data"::jsonb FROM unnest(')
    assert 'FROM unnest($1::uuid[], $2::text[]) AS u("id", "data")' in sql


def test_all_tables_are_one_statement_with_running_numbers() -> None:
    sql = insert_sql(((ONE, ("id",), ""), (TWO, ("n", "t"), "RETURNING n")))
    assert sql.startswith("WITH w0 AS (INSERT INTO one")
    assert "unnest($2::int4[], $3::text[])" in sql
    assert sql.endswith("RETURNING n")


def test_one_table_needs_no_with() -> None:
    assert insert_sql(((ONE, ("id",), ""),)).startswith("INSERT INTO one")


def test_the_shape_leaves_out_tables_without_rows() -> None:
    rows = Rows(unless_there={TWO})
    rows.add(ONE)
    rows.add(TWO, {"n": 1})
    assert shape_of(rows) == ((TWO, ("n",), "ON CONFLICT DO NOTHING"),)


def test_a_condition_and_an_ending_may_be_added() -> None:
    assert insert_part(TWO, ("n",), 3, where="WHERE u.n > 0", tail="RETURNING n").endswith("WHERE u.n > 0 RETURNING n")


def test_arguments_stand_in_the_order_of_the_shape() -> None:
    rows = Rows()
    rows.add(TWO, {"n": 1, "t": "a"}, {"n": 2, "t": "b"})
    assert arguments(rows, ((TWO, ("t", "n"), ""),)) == [["a", "b"], [1, 2]]


def test_what_another_owes_is_owed_too() -> None:
    rows, other = Rows(), Rows()
    rows.add(TWO, {"n": 1})
    other.add(TWO, {"n": 2})
    other.add(ONE, {"id": None})
    other.unless_there.add(ONE)
    rows.merge(other)
    assert rows.by_table == {TWO: [{"n": 1}, {"n": 2}], ONE: [{"id": None}]}
    assert rows.unless_there == {ONE}


def test_a_column_without_an_array_form_is_told() -> None:
    with pytest.raises(TypeError, match="no array form"):
        insert_part(ODD, ("lasts",), 1)
