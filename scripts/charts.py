"""The tables of the code as charts and tables of Markdown, for ARCHITECTURE.md."""

import ast
import inspect
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from tidings.changes import states as changes
from tidings.delivery import states as delivery
from tidings.issues import kinds as issues
from tidings.milestones.table import TABLE, Promise
from tidings.orders import states as orders
from tidings.retention import states as retention
from tidings.reviews import kinds as review_kinds
from tidings.reviews import states as reviews
from tidings.shipments import states as shipments
from tidings.templates.stored import states as templates

ROOT = Path(__file__).parent.parent


def ladder() -> str:
    """The layers of the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(["```", *layers, "```"])


def order_machine() -> str:
    """The order's states and the verbs between them."""
    chart = _chart(_verbs(orders.NEXT), first="incomplete", also_first="received")
    return chart + "\n\n" + _meanings(orders, "OrderStatus")


def shipment_machine() -> str:
    """The parcel's states; each arrow is a tracking event of the same name."""
    arrows = [(here, there, "") for here, ways in shipments.NEXT.items() for there in ways]
    return _chart(arrows, first="dispatched") + "\n\n" + _meanings(shipments, "ShipmentStatus")


def issue_words() -> str:
    """What an issue is about, and how it can stand."""
    return _meanings(issues, "IssueKind", head="kind") + "\n\n" + _meanings(issues, "IssueStatus")


def change_machine() -> str:
    """The states of a request to change or cancel an order."""
    return _chart(_verbs(changes.NEXT_OF_CHANGE), first="pending") + "\n\n" + _meanings(changes, "ChangeStatus")


def erasure_machine() -> str:
    """The states of the wish to be forgotten."""
    chart = _chart(_verbs(retention.NEXT_OF_ERASURE), first="requested")
    return chart + "\n\n" + _meanings(retention, "ErasureStatus")


def refund_machine() -> str:
    """The states of money that goes back."""
    return _chart(_verbs(changes.NEXT_OF_REFUND), first="requested") + "\n\n" + _meanings(changes, "RefundStatus")


def template_machine() -> str:
    """The states of a version of a shop's own wording."""
    chart = _chart(_verbs(templates.NEXT_OF_TEMPLATE), first="draft")
    return chart + "\n\n" + _meanings(templates, "TemplateStatus")


def review_machine() -> str:
    """The states of a review, and what opens one."""
    chart = _chart(_verbs(reviews.NEXT), first="open")
    return "\n\n".join(
        [chart, _meanings(reviews, "ReviewStatus"), _meanings(review_kinds, "CauseKind", head="opened by")]
    )


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
            _clock(row),
            _span(row.valid_for),
            _words(row.supersedes),
        )
        for name, row in TABLE.items()
    ]
    return table(("milestone", "follows", "channels", "promised within", "stale after", "supersedes"), rows)


def promised(milestone: str) -> str:
    """One milestone in a few words: over which channels, by when."""
    row = {str(name): row for name, row in TABLE.items()}[milestone]
    clock = _clock(row)
    return ", ".join(row.channels) + (f"; {clock}" if clock else "")


def _clock(row: Promise) -> str:
    """By when it is promised, and what the clock starts with, if not with what it tells of."""
    if row.within is None:
        return "" if row.audience == "customer" else "(to staff)"
    # What is shorter than an hour is said in minutes.
    span = _span(row.within) if row.within >= timedelta(hours=1) else f"{row.within / timedelta(minutes=1):g} min"
    since = f" after {_words(row.clock_from)}" if row.clock_from else ""
    return f"{span} of {row.basis} time{since}"


def _verbs(next_of: Mapping[Any, Mapping[Any, str]]) -> list[tuple[str, str, str]]:
    return [(here, there, verb) for here, ways in next_of.items() for there, verb in ways.items()]


def _chart(arrows: Iterable[tuple[str, str, str]], first: str, also_first: str | None = None) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in (first, also_first) if state]
    lines += [f"    {here} --> {there}" + (f": {verb}" if verb else "") for here, there, verb in arrows]
    return "\n".join([*lines, "```"])


def _meanings(module: ModuleType, name: str, *, head: str = "status") -> str:
    rows = [(f"`{state}`", meaning) for state, meaning in comments_of(inspect.getsource(module), name).items()]
    return table((head, "means"), rows)


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


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _span(time: timedelta | None) -> str:
    return "" if time is None else f"{time / timedelta(hours=1):g} h"
