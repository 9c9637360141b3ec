"""What this slice needs of the providers' adapters, without knowing one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tidings.kit.problem import Fault


class Judged(Protocol):
    """What a provider says of settings and secrets: as they are to be stored, or what is wrong with them."""

    @property
    def settings(self) -> Mapping[str, object]:
        """Defaults filled in."""
        ...

    @property
    def secrets(self) -> Mapping[str, str]:
        """Those of our own choosing made up."""
        ...

    @property
    def faults(self) -> Sequence[Fault]:
        """Everything that is wrong, with pointers into the request's body."""
        ...


class ProviderCatalogue(Protocol):
    """Knows every provider; adapters/registry.py is one."""

    def check(self, channel: str, name: str, settings: Mapping[str, object], secrets: Mapping[str, object]) -> Judged:
        """Judge what somebody wants to store as a connection."""
        ...
