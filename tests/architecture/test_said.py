"""Records are for ever, so nothing that somebody wrote goes into their data: it goes into `words`, beside them.

Which fields people write into is read from the API itself: every text of a request that may be 200 letters or longer.
"""

import ast
import json
from collections.abc import Iterator
from typing import Any

from tests.architecture.source import ROOT, Function, Module, modules, sample

LONG = 200

# What makes the data of a record, by the name under which it is called.
MAKERS = {"Entry", "About", "Fact", "about_issue", "about_change", "entry_of", "connection_entry"}
# Where what somebody wrote may go: beside the record, or into the snapshot, which has its own salt.
BESIDE = {"words", "snapshot"}

# Where a name of the list is a word of our own: one line each, with what it is there.
EXCEPTIONS = {
    ("src/tidings/changes/cancel.py", "reason"): "for the snapshot",
    ("src/tidings/changes/outcome.py", "outcome"): "approved or declined",
    ("src/tidings/delivery/settle.py", "outcome"): "one of the outcomes of a send",
    ("src/tidings/delivery/settle.py", "reason"): "of a verdict without an attempt, which quotes nobody",
    ("src/tidings/delivery/settle.py", "connection"): "the shop's name for it",
    ("src/tidings/delivery/supersede.py", "reason"): "which milestone says the newer thing",
    ("src/tidings/delivery/suppress.py", "reason"): "a hard bounce, a complaint …",
    ("src/tidings/documents/complete.py", "name"): "for the snapshot: a document's number",
    ("src/tidings/feedback/comment.py", "comment"): "the comment's id",
    ("src/tidings/feedback/give.py", "comment"): "for the snapshot; of the record, only whether there is one",
    (
        "src/tidings/orders/cancel.py",
        "reason",
    ): "for the snapshot; of the record, only of the machine's own cancellation",
    ("src/tidings/shipments/dispatch.py", "carrier"): "a company",
    ("src/tidings/verification/decide.py", "outcome"): "passed or failed",
}


def names_said() -> set[str]:
    """The fields of requests into which people write."""
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))
    shapes, seen = document["components"]["schemas"], set[str]()
    bodies = [
        content["schema"]
        for path in document["paths"].values()
        for call in path.values()
        if isinstance(call, dict)
        for content in call.get("requestBody", {}).get("content", {}).values()
    ]
    return {name for body in bodies for name in _said_in(body, shapes, seen)}


def _slices() -> list[Module]:
    """Adapters tell no records; what they call an entry is something else."""
    return [module for module in modules() if module.room != "adapters"]


def _said_in(node: Any, shapes: dict[str, Any], seen: set[str]) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _said_in(each, shapes, seen)
    if not isinstance(node, dict):
        return
    named = str(node.get("$ref", "")).rpartition("/")[2]
    if named and named not in seen:
        seen.add(named)
        yield from _said_in(shapes[named], shapes, seen)
    for name, field in node.get("properties", {}).items():
        if any(form.get("maxLength", 0) >= LONG for form in (field, *field.get("anyOf", ()))):
            yield name
    for each in node.values():
        yield from _said_in(each, shapes, seen)


def _recorded(function: Function) -> Iterator[tuple[int, str]]:
    """Each value that a function which makes a record names, with its line: of a dict, of an argument, of an item."""
    nodes = list(_outside_words(function))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _last(node.func) in MAKERS]
    if not calls:
        return
    values: list[ast.expr] = [value for call in calls for value in _given(call)]
    values += [value for node in nodes if isinstance(node, ast.Dict) for value in node.values]
    values += [
        node.value for node in nodes if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    ]
    for value in values:
        for name in _named_in(value):
            yield value.lineno, name


def _given(call: ast.Call) -> list[ast.expr]:
    return [given.value for given in call.keywords]


def _outside_words(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below, but for what goes beside the record."""
    for child in ast.iter_child_nodes(node):
        is_beside = isinstance(child, ast.keyword) and child.arg in BESIDE
        is_named_words = isinstance(child, ast.Assign) and _last(child.targets[0]) in BESIDE
        if not is_beside and not is_named_words:
            yield child
            yield from _outside_words(child)


def _named_in(value: ast.expr) -> Iterator[str]:
    """The attribute, item or variable that a value is, or is one of two of."""
    match value:
        case ast.IfExp():
            yield from _named_in(value.body)
            yield from _named_in(value.orelse)
        case ast.BoolOp():
            for each in value.values:
                yield from _named_in(each)
        case ast.JoinedStr():
            for part in value.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _named_in(part.value)
        case _:
            yield _last(value)


def _last(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return ""


def _slips(module: Module, said: set[str]) -> Iterator[tuple[str, str, int]]:
    for function in module.functions:
        for line, name in _recorded(function):
            if name in said:
                yield module.where, name, line


def test_what_people_write_is_known() -> None:
    assert {"reason", "notes", "text", "summary", "details", "resolution", "comment", "decision"} <= names_said()


def test_nothing_that_somebody_wrote_is_in_a_records_data() -> None:
    said = names_said()
    found = [slip for module in _slices() for slip in _slips(module, said) if slip[:2] not in EXCEPTIONS]
    assert found == [], "hand it over as `words`: it is kept beside the record, and can be erased"


def test_every_exception_is_still_one() -> None:
    said = names_said()
    assert set(EXCEPTIONS) == {slip[:2] for module in _slices() for slip in _slips(module, said)}


def test_the_rule_bites() -> None:
    bad = [
        "def f(c):\n    return Entry(s, o, m, k, w, a, n, {'why': c.reason})\n",
        "def f(c):\n    data = {'note': c.note or None}\n    return Entry(s, o, m, k, w, a, n, data)\n",
        "def f(row):\n    data = {}\n    data['x'] = row['reason']\n    return About(data=data)\n",
        "def f(c):\n    return about_issue(row, said=c.details)\n",
        "def f(c):\n    return About(data={'x': f'{c.text}!'})\n",
    ]
    good = [
        "def f(c):\n    return Entry(s, o, m, k, w, a, n, {'id': c.id}, words={'why': c.reason})\n",
        "def f(c):\n    words = {'why': c.reason}\n    return Entry(s, o, m, k, w, a, n, {}, words)\n",
        "def f(c):\n    return Opening(data={'why': c.reason})\n",
    ]
    said = names_said()
    assert all(list(_slips(sample(text), said)) for text in bad)
    assert not any(list(_slips(sample(text), said)) for text in good)
