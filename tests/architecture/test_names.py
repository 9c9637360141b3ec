"""One word, one thing: no rooms for odds and ends, and refusals that say what is the case."""

import ast

from tests.architecture.source import modules
from tidings.kit.problem import Problem

# Drawers into which anything fits; name the thing or the verb instead.
DRAWERS = {
    "service",
    "services",
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "base",
    "misc",
    "core",
    "lib",
}


def _classes() -> list[tuple[str, ast.ClassDef]]:
    return [(m.where, node) for m in modules() for node in m.nodes if isinstance(node, ast.ClassDef)]


def test_no_file_or_folder_is_a_drawer() -> None:
    assert not [m.where for m in modules() if DRAWERS & {m.path.stem, *m.path.parent.parts[-2:]}]


def test_no_class_is_a_manager_of_things() -> None:
    banned = ("Manager", "Service", "Helper", "Util", "Utils", "Impl")
    assert not [f"{where} {node.name}" for where, node in _classes() if node.name.endswith(banned)]


def test_rows_are_called_rows_and_live_in_tables() -> None:
    rows = [(where, node) for where, node in _classes() if "Base" in {ast.unparse(base) for base in node.bases}]
    assert rows
    homes = ("/tables.py", "/kit/idempotency.py")
    assert not [
        f"{where} {node.name}" for where, node in rows if not node.name.endswith("Row") or not where.endswith(homes)
    ]


def test_refusals_say_what_is_the_case() -> None:
    assert not [kind.__name__ for kind in Problem.__subclasses__() if kind.__name__.endswith(("Error", "Exception"))]


def test_everything_public_is_documented() -> None:
    """Ruff sees to it too; this one cannot be switched off by a comment."""
    bare = [m.where for m in modules() if not ast.get_docstring(m.tree)]
    for module in modules():
        for node in module.tree.body:
            bare += _undocumented(module.where, node)
    assert not bare


def _undocumented(where: str, node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
        return []
    inside = (
        [name for child in node.body for name in _undocumented(where, child)] if isinstance(node, ast.ClassDef) else []
    )
    return inside if ast.get_docstring(node) else [f"{where}:{node.lineno} {node.name}", *inside]
