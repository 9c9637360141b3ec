"""A layout as it will be sent: read by Jinja2, as Jinja2 will read it, and put down again as what is left of it.

A tag in braces is nothing to a mailbox: it is gone before. So what is looked at must be without it, too, or a quote or
a bracket that stands in a tag hides what comes after it. Names stand as `{{ name }}`; where something may be left out
or repeated there is a mark, `{%7%}`, the same one at the beginning, the turns and the end of the same choice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from jinja2 import nodes

from tidings.templates.compiling import tree_of

MARK: Final = re.compile(r"\{%(\d+)%\}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What is left."""

    html: str
    # What single things are called that something is repeated over.
    renamed: frozenset[str]


def as_sent(html: str) -> Sent:
    """A layout without what is not sent.

    Args:
        html: with its tags in braces as they are.

    Raises:
        TemplateError, RecursionError: it cannot be read.
    """
    tree = tree_of(html)
    renamed = frozenset(
        name.name
        for loop in tree.find_all(nodes.For)
        for name in (loop.target, *loop.target.find_all(nodes.Name))
        if isinstance(name, nodes.Name)
    )
    return Sent("".join(_left_of(tree, count())), renamed)


def _left_of(node: nodes.Node, numbers: Iterator[int]) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Name):
        yield f"{{{{ {node.name} }}}}"
    elif isinstance(node, nodes.If | nodes.For):
        mark = f"{{%{next(numbers)}%}}"
        for branch in _branches(node):
            yield mark
            for child in branch:
                yield from _left_of(child, numbers)
        yield mark
    elif isinstance(node, nodes.Template | nodes.Output):
        for child in node.iter_child_nodes():
            yield from _left_of(child, numbers)
    else:
        # What layouts may not use (grammar.py).
        yield "{{ ? }}"


def _branches(node: nodes.If | nodes.For) -> Iterator[list[nodes.Node]]:
    yield node.body
    if isinstance(node, nodes.If):
        yield from (each.body for each in node.elif_)
    yield node.else_
