"""The language that a shop's own wording is written in: names, choices, and lists that the message itself brings along.

Jinja2's sandbox keeps wording from reaching anything; this keeps it from *costing* anything. There are no assignments,
macros, literals or operators, and a loop inside a loop goes through what the nearest one around it has in hand, never
through what one further out has: so no part of the order is gone through twice by the same loop, and the work is never
more than the wording times the order, however it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from jinja2 import Environment, TemplateError, nodes

MAX_DEPTH: Final = 8

_KNOWN: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Tuple, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
# As wording calls them.
_CALLED: Final[dict[type[nodes.Node], str]] = {
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Block: "{% block %}",
    nodes.Call: "calls",
    nodes.CallBlock: "{% call %}",
    nodes.CondExpr: "inline choices; write {% if %}",
    nodes.Compare: "comparisons",
    nodes.Const: "values of its own",
    nodes.Concat: "joining with ~",
    nodes.Dict: "values of its own",
    nodes.Extends: "{% extends %}",
    nodes.Filter: "filters",
    nodes.FilterBlock: "{% filter %}",
    nodes.FromImport: "{% import %}",
    nodes.Getattr: "looking into a name with a dot",
    nodes.Getitem: "looking into a name with brackets",
    nodes.Import: "{% import %}",
    nodes.Include: "{% include %}",
    nodes.List: "values of its own",
    nodes.Macro: "{% macro %}",
    nodes.Test: "tests with `is`",
    nodes.With: "{% with %}",
}
# Nothing but the parser of it is used.
_JINJA: Final = Environment(autoescape=True)


def faults_in(source: str, known: frozenset[str]) -> Iterator[str]:
    """What a piece of wording may not do, and the names in it that mean nothing.

    Args:
        source: the piece.
        known: the names that the milestone gives to this channel.
    """
    try:
        parsed = _JINJA.parse(source)
        yield from dict.fromkeys(_looked_over(parsed, _Place(known)))
    except TemplateError as fault:
        yield f"cannot be read: {fault.message}"
    except RecursionError:
        yield "is nested too deeply"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a piece of wording something stands."""

    # The names that can be told and asked for.
    known: frozenset[str]
    # What the nearest repetition has in hand, which is all that can be repeated over in it; None: outside of any.
    in_hand: frozenset[str] | None = None
    depth: int = 0


def _looked_over(node: nodes.Node, at: _Place) -> Iterator[str]:
    if at.depth > MAX_DEPTH:
        yield f"has more than {MAX_DEPTH} tags inside each other"
    elif isinstance(node, nodes.Name):
        if node.name not in at.known:
            yield f"names {node.name}, which is not known here"
    elif isinstance(node, nodes.For):
        yield from _loop(node, at)
    elif isinstance(node, _KNOWN):
        inside = replace(at, depth=at.depth + isinstance(node, nodes.If))
        for child in node.iter_child_nodes():
            yield from _looked_over(child, inside)
    else:
        yield f"may not use {_CALLED.get(type(node), type(node).__name__.lower())}"


def _loop(node: nodes.For, at: _Place) -> Iterator[str]:
    if node.test is not None or node.recursive or node.else_:
        yield "may use {% for name in names %} only in its plain form"
    if not isinstance(node.iter, nodes.Name):
        yield "may repeat only over a name"
    elif at.in_hand is not None and node.iter.name not in at.in_hand:
        yield f"may repeat inside another repetition only over what that one has in hand, not over {node.iter.name}"
    else:
        yield from _looked_over(node.iter, at)
    targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
    in_hand = frozenset(target.name for target in targets if isinstance(target, nodes.Name))
    inside = _Place(at.known | in_hand, in_hand, at.depth + 1)
    for child in node.body:
        yield from _looked_over(child, inside)
