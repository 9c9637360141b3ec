"""What every test may ask for; each module of tests/fixtures says what its fixtures are."""

import gc

# Until everything is imported and collected: none of it is garbage, and looking it over would take seconds.
gc.disable()

pytest_plugins = [
    "tests.fixtures.limits",
    "tests.fixtures.turns",
    "tests.fixtures.proven",
    "tests.fixtures.kept",
    "tests.fixtures.stores",
    "tests.fixtures.shop",
    "tests.fixtures.api",
    "tests.fixtures.connections",
    "tests.fixtures.drained",
    "tests.fixtures.errands",
    "tests.fixtures.hooked",
    "tests.fixtures.command_line",
    "tests.fixtures.mailroom",
    "tests.fixtures.provider",
    "tests.fixtures.sealed",
    "tests.fixtures.papers",
    "tests.fixtures.privacy",
    "tests.fixtures.rounds",
    "tests.fixtures.company",
]
