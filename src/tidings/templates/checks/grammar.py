"""The language that a shop's own wording is written in: names, choices, and lists that the message itself brings along.

Jinja2's sandbox keeps wording from reaching anything; this keeps it from *costing* anything. There are no assignments,
macros, literals or operators, and a loop inside a loop goes through what the outer one has in hand: so what comes out
is never more than the wording times the order, however it is written.
"""

from collections.abc import Iterator
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
        yield from dict.fromkeys(_looked_over(parsed, known, frozenset(), 0))
    except TemplateError as fault:
        yield f"cannot be read: {fault.message}"
    except RecursionError:
        yield "is nested too deeply"


def _looked_over(node: nodes.Node, known: frozenset[str], in_hand: frozenset[str], depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        yield f"has more than {MAX_DEPTH} tags inside each other"
    elif isinstance(node, nodes.Name):
        if node.name not in known | in_hand:
            yield f"names {node.name}, which is not known here"
    elif isinstance(node, nodes.For):
        yield from _loop(node, known, in_hand, depth)
    elif isinstance(node, _KNOWN):
        for child in node.iter_child_nodes():
            yield from _looked_over(child, known, in_hand, depth + isinstance(node, nodes.If))
    else:
        yield f"may not use {_CALLED.get(type(node), type(node).__name__.lower())}"


def _loop(node: nodes.For, known: frozenset[str], in_hand: frozenset[str], depth: int) -> Iterator[str]:
    if node.test is not None or node.recursive or node.else_:
        yield "may use {% for name in names %} only in its plain form"
    if not isinstance(node.iter, nodes.Name):
        yield "may repeat only over a name"
    elif in_hand and node.iter.name not in in_hand:
        yield f"may repeat inside another repetition only over what that one has in hand, not over {node.iter.name}"
    else:
        yield from _looked_over(node.iter, known, in_hand, depth)
    targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
    inner = frozenset(target.name for target in targets if isinstance(target, nodes.Name))
    for child in node.body:
        yield from _looked_over(child, known, in_hand | inner, depth + 1)
