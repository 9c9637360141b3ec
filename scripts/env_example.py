"""Every setting with its default and what it is for, as a file of environment variables."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from tidings.settings import Settings

HEAD = """\
# Every setting of tidings, with its default. Copy to .env, take away the `#` where you differ, and hand the file to the
# process (`docker compose --env-file`, systemd's EnvironmentFile, `set -a; . ./.env`); tidings itself reads only the
# environment. `tidings settings` prints what is in force. Written by `make papers` from src/tidings/settings.py.
"""


def env_example() -> str:
    """The text of .env.example."""
    prefix = Settings.model_config.get("env_prefix", "")
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            parts.append(
                "\n".join([f"# ── {name}: {_first_line(group)}", *_fields(f"{prefix}{name}_".upper(), group)]) + "\n"
            )
    return "\n".join(parts)


def _fields(prefix: str, group: type[BaseModel]) -> Iterator[str]:
    for name, field in group.model_fields.items():
        secret = " (secret)" if SecretStr in {field.annotation, *_parts(field.annotation)} else ""
        yield f"# {field.description}{secret}"
        yield f"#{prefix}{name.upper()}={_default(field)}"


def _parts(annotation: object) -> set[object]:
    """A type and all types inside it."""
    inside = get_args(annotation)
    return {part for outer in inside for part in (outer, *_parts(outer)) if not isinstance(part, list)}


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or value == () else str(value)


def _first_line(group: type[BaseModel]) -> str:
    return (group.__doc__ or "").strip().splitlines()[0]
