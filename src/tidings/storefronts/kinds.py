"""The words of this slice."""

from typing import Literal, get_args

from tidings.kit.scope import Mode

Channel = Literal["email", "sms", "push", "voice"]
KeyScope = Literal["orders", "operations", "templates", "admin"]

MODES: tuple[str, ...] = get_args(Mode)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# Connections also reach systems that verify payments and stock.
CHANNELS_OF_CONNECTIONS = (*CHANNELS, "payment", "stock")
SCOPES: tuple[str, ...] = get_args(KeyScope)

DEFAULT_SALES_CHANNELS = ("web", "app", "phone", "store", "marketplace")
