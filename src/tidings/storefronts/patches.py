"""Models of merge patches: the same fields as the whole has, every one of them optional, at every depth."""

from functools import cache
from types import GenericAlias
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo


@cache
def patch_of(whole: type[BaseModel], name: str) -> type[BaseModel]:
    """A model of merge patches (RFC 7396) of another: what is absent stays, what is null is as by default.

    Rules between fields are left to the whole, once it is put together.

    Args:
        whole: the model that the patched document must fulfil.
        name: of the new model, in the document of the API.
    """
    fields: dict[str, Any] = {
        field: (_optional(info, f"{name}_{field}"), Field(None, description=info.description))
        for field, info in whole.model_fields.items()
    }
    made: type[BaseModel] = create_model(
        name, __config__=ConfigDict(extra="forbid", strict=True), __doc__=whole.__doc__, **fields
    )
    return made


def _optional(info: FieldInfo, name: str) -> Any:
    kind: Any = info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return patch_of(kind, name) | None
    if get_origin(kind) is dict:
        # An entry, too, is taken out by null.
        key, value = get_args(kind)
        kind = GenericAlias(dict, (key, value | None))
    for each in info.metadata:
        kind = Annotated[kind, each]
    return kind | None
