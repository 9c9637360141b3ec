from tidings.adapters.registry import PROVIDERS as KNOWN
from tidings.cli.connections import PROVIDERS


def test_the_help_names_every_provider_that_there_is() -> None:
    assert set(PROVIDERS) == {provider.name for provider in KNOWN}
