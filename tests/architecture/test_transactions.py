"""A transaction is an indent: nobody commits by hand, parts open nothing, and nobody waits for the network inside."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from tests.architecture.source import Function, Module, arguments, called, modules, sample

ENDINGS = {"commit", "rollback", "begin_nested", "savepoint", "start_transaction"}
SQL_ENDINGS = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|END TRANSACTION|START TRANSACTION)\b")
OPENERS = {"begin", "across", "reading", "once", "statement"}
# Who ends transactions, and whose.
KEEPERS = {
    "tidings.kit.db",  # opens and ends everybody's transactions
    "tidings.kit.migrations",  # hands Alembic a connection, and commits its session lock before it
}
# What waits for somebody else's computer, beside the ports' own methods.
FOREIGN = {"sleep", "open_connection", "getaddrinfo"}
# Ports whose work is done on the open transaction itself, or without leaving the process.
LOCAL: dict[str, str] = {}


def _by_hand(module: Module) -> Iterator[str]:
    """Endings of transactions that somebody wrote down."""
    prose = {id(node.body[0].value) for node in module.nodes if _has_docstring(node)}
    for node in module.nodes:
        if isinstance(node, ast.Call) and called(node) in ENDINGS:
            yield f"{module.where}:{node.lineno} calls {called(node)}()"
        if isinstance(node, ast.Constant) and id(node) not in prose and SQL_ENDINGS.match(str(node.value)):
            yield f"{module.where}:{node.lineno} says {node.value}"


def _has_docstring(node: ast.AST) -> bool:
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return documented and ast.get_docstring(node, clean=False) is not None


def _opening_parts(module: Module) -> Iterator[str]:
    """Functions that take a transaction and open another one, or could."""
    for function in module.functions:
        if not is_part(function):
            continue
        if "begin" in {argument.arg for argument in arguments(function)}:
            yield f"{module.where}:{function.lineno} {function.name} takes tx and begin: is it a part or a whole?"
        for node in ast.walk(function):
            if isinstance(node, ast.AsyncWith) and any(called(item.context_expr) in OPENERS for item in node.items):
                yield f"{module.where}:{node.lineno} {function.name} takes tx and opens another transaction"


def _waiting(module: Module, foreign: frozenset[str]) -> Iterator[str]:
    """Awaited calls to somebody else's computer inside a transaction."""
    for function in module.functions:
        blocks: list[ast.AST] = [function] if is_part(function) else _blocks(function)
        for block in blocks:
            for node in ast.walk(block):
                if isinstance(node, ast.Await) and called(node.value) in foreign:
                    yield f"{module.where}:{node.lineno} {function.name} awaits {called(node.value)}() in a transaction"


def is_part(function: Function) -> bool:
    """It takes an open transaction."""
    return any(argument.arg == "tx" or _annotation(argument) == "Tx" for argument in arguments(function))


def _annotation(argument: ast.arg) -> str:
    return ast.unparse(argument.annotation) if argument.annotation else ""


def _blocks(function: Function) -> list[ast.AST]:
    """The `async with begin(…)` blocks in a function."""
    blocks: list[ast.AST] = []
    for node in ast.walk(function):
        if isinstance(node, ast.AsyncWith) and any(called(item.context_expr) in OPENERS for item in node.items):
            blocks += node.body
    return blocks


@lru_cache
def _foreign() -> frozenset[str]:
    """Names of the async methods of all ports."""
    ports = [module for module in modules() if module.name.endswith(".ports")]
    methods = {
        node.name
        for module in ports
        for protocol in module.nodes
        if isinstance(protocol, ast.ClassDef) and "Protocol" in {called(base) for base in protocol.bases}
        for node in protocol.body
        if isinstance(node, ast.AsyncFunctionDef)
    }
    return frozenset(methods - set(LOCAL) | FOREIGN)


def test_nobody_ends_a_transaction_by_hand() -> None:
    assert not [fault for module in modules() if module.name not in KEEPERS for fault in _by_hand(module)]


def test_a_function_that_takes_a_transaction_opens_none() -> None:
    assert not [fault for module in modules() if module.name not in KEEPERS for fault in _opening_parts(module)]


def test_nobody_waits_for_another_computer_inside_a_transaction() -> None:
    assert not [fault for module in modules() if module.name not in KEEPERS for fault in _waiting(module, _foreign())]


def test_the_ports_have_methods_that_wait() -> None:
    assert _foreign() > FOREIGN


def test_only_the_worker_and_the_command_line_work_across_storefronts() -> None:
    for module in modules():
        if (
            module.room in {"api", "orders", "shipments", "verification", "storefronts"}
            and module.path.stem == "routes"
        ):
            assert not [node.lineno for node in module.nodes if called_across(node)], module.where


def called_across(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called(node) == "across"


def test_the_rules_bite() -> None:
    commits = sample("async def f(tx):\n    await tx.session.commit()\n")
    speaks = sample("async def f(raw):\n    await raw.execute('COMMIT')\n")
    nested = sample("async def f(tx, begin):\n    async with begin(tx.scope) as other:\n        pass\n")
    waits = sample("async def f(begin, sender):\n    async with begin(1) as tx:\n        await sender.send(tx)\n")
    waits_in_part = sample("async def f(tx, sender):\n    await sender.send(tx)\n")
    assert len([*_by_hand(commits), *_by_hand(speaks)]) == 2
    assert len([*_opening_parts(nested)]) == 2
    assert len([*_waiting(waits, frozenset({"send"})), *_waiting(waits_in_part, frozenset({"send"}))]) == 2


def test_the_rules_let_the_habit_pass() -> None:
    habit = sample(
        'async def place(begin, sender):\n    """COMMIT comes by itself."""\n'
        "    async with begin(1) as tx:\n        await write(tx)\n    await sender.send(1)\n"
    )
    assert not [*_by_hand(habit), *_opening_parts(habit), *_waiting(habit, frozenset({"send"}))]
