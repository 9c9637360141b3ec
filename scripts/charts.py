"""The tables of the code as charts and tables of Markdown, for ARCHITECTURE.md."""

import ast
import inspect
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from tidings.delivery import states as delivery
from tidings.milestones.table import TABLE
from tidings.orders import states as orders
from tidings.shipments import states as shipments

ROOT = Path(__file__).parent.parent


def ladder() -> str:
    """The layers of the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(["```", *layers, "```"])


def order_machine() -> str:
    """The order's states and the verbs between them."""
    arrows = [(here, there, verb) for here, ways in orders.NEXT.items() for there, verb in ways.items()]
    return _chart(arrows, first="incomplete", also_first="received") + "\n\n" + _meanings(orders, "OrderStatus")


def shipment_machine() -> str:
    """The parcel's states; each arrow is a tracking event of the same name."""
    arrows = [(here, there, "") for here, ways in shipments.NEXT.items() for there in ways]
    return _chart(arrows, first="dispatched") + "\n\n" + _meanings(shipments, "ShipmentStatus")


def message_words() -> str:
    """What a receipt, an attempt and a message can be."""
    names = {"Message": "MessageStatus", "Attempt, weakest first": "AttemptStatus", "Receipt": "ReceiptStatus"}
    return "\n\n".join(f"{title}:\n\n{_meanings(delivery, name)}" for title, name in names.items())


def milestones() -> str:
    """Who is told what: the table that the code goes by."""
    rows = [
        (
            f"`{name}`",
            _words(row.follows),
            ", ".join(row.channels),
            _span(row.within),
            _span(row.valid_for),
            _words(row.supersedes),
        )
        for name, row in TABLE.items()
    ]
    return _table(("milestone", "follows", "channels", "within (business time)", "stale after", "supersedes"), rows)


def _chart(arrows: Iterable[tuple[str, str, str]], first: str, also_first: str | None = None) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in (first, also_first) if state]
    lines += [f"    {here} --> {there}" + (f": {verb}" if verb else "") for here, there, verb in arrows]
    return "\n".join([*lines, "```"])


def _meanings(module: ModuleType, name: str) -> str:
    rows = [(f"`{state}`", meaning) for state, meaning in comments_of(inspect.getsource(module), name).items()]
    return _table(("status", "means"), rows)


def comments_of(source: str, name: str) -> Mapping[str, str]:
    """The members of `name = Literal[…]` with the comment beside each."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            members = [
                item for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
            return {
                str(item.value): lines[item.end_lineno - 1].partition("  # ")[2] for item in members if item.end_lineno
            }
    raise LookupError(name)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _span(time: timedelta | None) -> str:
    return "" if time is None else f"{time / timedelta(hours=1):g} h"
