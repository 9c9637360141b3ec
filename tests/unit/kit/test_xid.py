"""Transaction ids as a column type."""

from tidings.kit.xid import Xid8


def test_it_is_called_as_in_postgres() -> None:
    assert Xid8().get_col_spec() == "xid8"
