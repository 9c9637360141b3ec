"""A slice owns its rows: others call its verbs and queries, never its tables."""

from collections.abc import Iterator

from tests.architecture.source import Module, modules, sample

# Names every table for Alembic.
SCHEMA = "tidings.schema"


def _trespasses(module: Module) -> Iterator[str]:
    """Imports of another slice's tables."""
    for line, name in module.imports:
        parts = name.split(".")
        if parts[0] == "tidings" and "tables" in parts[2:4] and parts[1] != module.room:
            yield f"{module.where}:{line} imports {name}"


def test_a_slices_tables_are_imported_only_inside_it() -> None:
    assert not [fault for module in modules() if module.name != SCHEMA for fault in _trespasses(module)]


def test_every_module_of_tables_is_in_the_schema() -> None:
    named = {name.rpartition(".")[0] for module in modules() if module.name == SCHEMA for _, name in module.imports}
    slices = {m.name.rpartition(".")[0] for m in modules() if m.path.stem == "tables" and m.room != "adapters"}
    assert slices <= named


def test_the_rule_bites() -> None:
    assert list(_trespasses(sample("from tidings.delivery.tables import MessageRow\n")))
    assert list(_trespasses(sample("from tidings.delivery import tables\n")))
    assert list(_trespasses(sample("import tidings.delivery.tables\n")))
    assert not list(_trespasses(sample("from tidings.orders.tables import OrderRow\n")))
    assert not list(_trespasses(sample("from tidings.orders import tables\n")))
