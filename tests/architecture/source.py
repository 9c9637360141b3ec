"""The source tree as syntax trees, for the tests that hold it to its habits."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tidings"
# Not steps of the procedure, so they own no tables and no words of it.
EDGES = frozenset({"adapters", "api", "bootstrap", "cli", "kit", "worker"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All of the tree, in no order that matters; walking it costs as much as parsing."""
        return list(ast.walk(self.tree))

    @cached_property
    def where(self) -> str:
        """The path as one writes it: src/tidings/orders/place.py."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.as_posix()

    @cached_property
    def name(self) -> str:
        """tidings.orders.place."""
        parts = self.path.relative_to(ROOT / "src").with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """The folder right below the package: orders; empty for the package's own files."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if is_function(node)]

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Every module and name imported, dotted, with its line."""
        return list(_imports(self.nodes, self.name))


def sample(text: str, path: str = "src/tidings/orders/sample.py") -> Module:
    """A module that is not on disk, to show that a rule bites."""
    return Module(ROOT / path, text)


@lru_cache
def modules(*folders: str) -> tuple[Module, ...]:
    """All Python files below these folders of the project (the package, if none is named)."""
    roots = [ROOT / folder for folder in folders] or [PACKAGE]
    return tuple(_module(path) for root in roots for path in sorted(root.rglob("*.py")))


@cache
def _module(path: Path) -> Module:
    """Read and parsed once, whoever asks."""
    return Module(path, path.read_text("utf-8"))


def is_function(node: ast.AST) -> TypeGuard[Function]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def arguments(function: Function) -> list[ast.arg]:
    """All named arguments of a function."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def body_without_docstring(node: Function | ast.ClassDef | ast.Module) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def called(node: ast.expr) -> str:
    """The last word of what is called: `commit` for `tx.session.commit()`; empty for anything else."""
    if isinstance(node, ast.Call):
        return called(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _imports(nodes: Iterable[ast.AST], name: str) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join([*name.split(".")[: -node.level], node.module or ""]) if node.level else node.module or ""
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
