"""`tidings settings`: what is in force, with secrets masked."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from pydantic import BaseModel, SecretStr

from tidings.cli.running import explained, load_settings
from tidings.settings import Settings

MASK = "***"
_PASSWORD = re.compile(r"(?<=://)([^:@/?#]*):[^@/?#]*@")


def settings(
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Only those that differ from their defaults")] = False,
) -> None:
    """Print the settings in force as lines of an environment file. Secrets are masked."""
    with explained():
        in_force = load_settings()
    for name, value, is_default in effective(in_force):
        if not (changed and is_default):
            typer.echo(f"{name}={value}")
    for name in unknown(os.environ):
        typer.echo(f"tidings: {name} is no setting; is it misspelt?", err=True)


def effective(tree: Settings) -> Iterator[tuple[str, str, bool]]:
    """Every setting: its variable, its value as it may be shown, whether that is the default."""
    for group_name in type(tree).model_fields:
        group: BaseModel = getattr(tree, group_name)
        for name, field in type(group).model_fields.items():
            value = getattr(group, name)
            yield f"TIDINGS_{group_name}_{name}".upper(), shown(value), value == field.get_default()


def shown(value: Any) -> str:
    """A value as the environment would have it; of a secret address all but its password, of other secrets nothing."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return _PASSWORD.sub(rf"\1:{MASK}@", secret) if "://" in secret else MASK
    if isinstance(value, tuple):
        return ",".join(map(shown, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none."""
    known = {name for name, *_ in effective(Settings.model_construct())}
    return sorted(name for name in environment if name.upper().startswith("TIDINGS_") and name.upper() not in known)
