"""Postgres's 64-bit transaction ids as a column type."""

from typing import Any

from sqlalchemy.types import UserDefinedType
from typing_extensions import override


class Xid8(UserDefinedType[int]):
    """`xid8`: the id of the transaction that wrote the row."""

    cache_ok = True

    @override
    def get_col_spec(self, **_: Any) -> str:
        """The type's name in Postgres."""
        return "xid8"
