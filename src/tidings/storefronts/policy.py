"""What a storefront decides for itself, as versioned data; every part has a default, so that an empty one will do."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_PREFIX = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"


class Policy(BaseModel):
    """The rules of a shop that are not the procedure's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_number_prefix: Annotated[str, Field(max_length=16, pattern=_PREFIX)] = Field(
        "T-", description="Before the numbers that tidings gives to orders which come without one"
    )


def policy_of(stored: Mapping[str, Any]) -> Policy:
    """The policy as stored, with defaults for what is not; parts that a later version stored are left out."""
    return Policy.model_validate({name: stored[name] for name in Policy.model_fields if name in stored})
