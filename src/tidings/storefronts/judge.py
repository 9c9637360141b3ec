"""Judges a connection that somebody wants, before anything of it is stored. Asks the providers' own classes."""

from collections.abc import Mapping
from typing import Any

from tidings.kit.db import Mode
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.ports import Judged, ProviderCatalogue

# The only provider that test mode reaches: nobody outside is ever written to by a test.
TEST_PROVIDER = "sandbox"


def judged(
    catalogue: ProviderCatalogue,
    mode: Mode,
    provider: tuple[str, str],
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
) -> Judged:
    """The connection's settings and secrets as they are to be stored.

    Args:
        catalogue: the providers.
        mode: of the connection.
        provider: its channel, and its provider's name.
        settings: as asked for.
        secrets: as asked for.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    channel, name = provider
    verdict = catalogue.check(channel, name, settings, secrets)
    faults = list(verdict.faults)
    if mode == "test" and name != TEST_PROVIDER:
        faults.insert(0, Fault("/provider", f"must be {TEST_PROVIDER}: test mode reaches no other provider"))
    if faults:
        raise InvalidInput(faults=faults)
    return verdict
