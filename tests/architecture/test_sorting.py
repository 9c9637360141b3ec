"""What goes by a column sorts by the column, not by the text that it is read as.

In `SELECT xid::text AS xid … ORDER BY xid` the name after ORDER BY is the text's: 1000 comes before 999, no index
helps, and whoever reads on from a cursor skips what lies between. `ORDER BY events.xid` is the column.
"""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Module, modules, sample

_READ_AS_TEXT = re.compile(r"\b(\w+)::text AS \1\b")
_SORTED = re.compile(r"ORDER BY\s+([^()]+)")


def sorted_as_text(module: Module) -> Iterator[str]:
    """Names that are sorted by where they are text already."""
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts = set(_READ_AS_TEXT.findall(node.value))
            terms = [term.split() for found in _SORTED.findall(node.value) for term in found.split(",")]
            yield from (f"{module.where}:{node.lineno} {term[0]}" for term in terms if term and term[0] in texts)


def test_nothing_is_sorted_by_the_text_of_a_column() -> None:
    assert [found for module in modules() for found in sorted_as_text(module)] == []


def test_the_rule_bites() -> None:
    bad = sample('A = """SELECT id, xid::text AS xid FROM events\nORDER BY xid, id LIMIT 1"""\n')
    good = sample('A = """SELECT id, xid::text AS xid FROM events\nORDER BY events.xid, id LIMIT 1"""\n')
    assert [list(sorted_as_text(module)) for module in (bad, good)] == [["src/tidings/orders/sample.py:1 xid"], []]
