"""Callers are told in words what a text must be: patterns with a meaning of their own stand in a Shape."""

import ast

from tests.architecture.source import Module, modules, sample

# What is said of these stands in kit/faults.py: they hold the texts of hot paths, which a Shape would judge twice.
SAID = {"ONE_LINE", "MANY_LINES"}
# Where a Shape is made.
SHAPE = "src/tidings/kit/shape.py"


def bare_patterns(module: Module) -> list[str]:
    """Patterns that a fault would be told with, if it were not for the catch-all."""
    return [
        f"{module.where}:{node.lineno}"
        for node in module.nodes
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "pattern" and not (isinstance(keyword.value, ast.Name) and keyword.value.id in SAID)
    ]


def test_a_pattern_has_its_words() -> None:
    assert not [place for module in modules() if module.where != SHAPE for place in bare_patterns(module)]


def test_the_rule_finds_what_it_is_for() -> None:
    (found,) = bare_patterns(sample('Name = Annotated[str, Field(max_length=9, pattern=r"^a+$")]'))
    assert found.endswith(":1")
    assert not bare_patterns(sample("Name = Annotated[str, Field(max_length=9, pattern=ONE_LINE)]"))
