"""What the registry knows of a provider: one value, made at the end of the provider's own file."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from typing_extensions import override

from tidings.adapters.http import Http
from tidings.callbacks.ports import CallbackReader
from tidings.changes.ports import Refunder
from tidings.delivery.ports import ConnectionConfig, Sender
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.shape import Shape
from tidings.verification.ports import Verifier

# What goes into a header of a request: a key, a token.
HeaderText = Annotated[
    str, Field(min_length=1), Shape(r"^[\x21-\x7e]+$", "takes letters, digits and marks of ASCII, and no spaces")
]


class ProviderSettings(BaseModel):
    """The part of a connection that may be shown; a provider's own class lists its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ProviderSecrets(BaseModel):
    """The part of a connection that is only ever written: strings, stored encrypted."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    @override
    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Nothing of it is ever printed."""
        return ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What providers are given to work with."""

    http: Http
    clock: Clock
    # Longest wait for one send, for those that do not speak HTTP.
    timeout: timedelta = timedelta(seconds=20)
    # True under `tidings dev` only: plain-HTTP and loopback addresses are accepted.
    allow_insecure: bool = False
    # For the sandbox, whose inbox lies in our own database; nobody else's concern.
    begin: Begin | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: how its connections are configured, opened, and how it talks back."""

    name: str
    # One provider may serve several channels (the sandbox serves all).
    channels: tuple[str, ...]
    settings: type[ProviderSettings]
    secrets: type[ProviderSecrets]
    # Given a connection that both classes accept; None when it sends nothing.
    open: Callable[[ConnectionConfig, Tools], Sender] | None = None
    # The same for whoever says whether an order is paid or in stock, and for whoever pays back.
    open_verifier: Callable[[ConnectionConfig, Tools], Verifier] | None = None
    open_refunder: Callable[[ConnectionConfig, Tools], Refunder] | None = None
    # None when the provider never calls back.
    reader: CallbackReader | None = None
    # Secrets that are ours to choose: made up when a connection is stored without them.
    own_secrets: Mapping[str, Callable[[], str]] = field(default_factory=dict)


def outside_address(url: str, *, allow_insecure: bool, with_query: bool = False) -> str | None:
    """What is wrong with an address that somebody wants us to write to; None when nothing is.

    Args:
        url: the address.
        allow_insecure: plain HTTP, and this machine itself, are fine.
        with_query: a query is fine.
    """
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return "not a valid address"
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_number:
        return "must be an address that starts with https://"
    if parts.username or parts.password or "#" in url or (parts.query and not with_query):
        return f"must be a bare address: no user{'' if with_query else ', query'} or fragment"
    return None if allow_insecure else _insecure(parts.scheme, parts.hostname)


def _insecure(scheme: str, host: str) -> str | None:
    if scheme != "https":
        return "must start with https:// (http:// is accepted under `tidings dev` only)"
    if _is_inside(host):
        return "must not be this machine's own address (accepted under `tidings dev` only)"
    return None


def _checked_url(url: str, info: ValidationInfo) -> str:
    fault = outside_address(url, allow_insecure=bool((info.context or {}).get("allow_insecure")))
    if fault is not None:
        raise ValueError(fault)
    return url.rstrip("/")


def _is_inside(host: str) -> bool:
    """Whether a host is written as one that only this machine or its own link can mean."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return _is_odd_number(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _is_odd_number(name: str) -> bool:
    """127.1, 0x7f000001 and 2130706433 are loopback too; nobody writes a provider's address so."""
    last = name.rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


# An address of a provider's HTTP interface, or of a double or proxy that stands in for it.
BaseUrl = Annotated[str, AfterValidator(_checked_url)]
