"""What is logged is written: a field whose name kit/withhold.py does not know is only listed as withheld.

So a hint to whoever runs tidings, or the number of what failed, would be lost just where it is needed.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from tests.architecture.source import Module, called, modules, sample
from tidings.kit.withhold import allowed

LEVELS = {"debug", "info", "warning", "error", "exception"}
# One value of each kind: a name is known if any of them may be written under it.
VALUES = ("word", 1, UUID(int=7), datetime(2026, 11, 23, tzinfo=UTC))


def withheld(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.Call) and _is_log_call(node):
            yield from (
                f"{module.where}:{node.lineno}: {field.arg}" for field in node.keywords if not _is_written(field)
            )


def _is_log_call(node: ast.Call) -> bool:
    function = node.func
    return isinstance(function, ast.Attribute) and function.attr in LEVELS and called(function.value) == "log"


def _is_written(field: ast.keyword) -> bool:
    # `**fields` are put together elsewhere; kit/log.py tells of errors itself; a Constant or a flag may have any name.
    if field.arg in {None, "exc_info"} or called(field.value) == "Constant" or field.arg.startswith(("is_", "has_")):
        return True
    return any(allowed(field.arg, value) is not None for value in VALUES)


def test_every_field_of_a_log_line_is_written() -> None:
    assert [found for module in modules() for found in withheld(module)] == []


def test_the_rule_bites() -> None:
    found = withheld(
        sample('log.error("a.b", hint="do this", count=1, is_late=late)\nlog.info("a.c", hint=Constant("x"))')
    )
    assert list(found) == ["src/tidings/orders/sample.py:1: hint"]
