"""Changes a shop's rules part by part: a merge patch is laid upon what is in force, and the whole is judged anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.kit.faults import faults_of
from tidings.kit.merge import merged
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.calendar_schemas import Calendar
from tidings.storefronts.change import change_storefront, storefront_for_update
from tidings.storefronts.policy import Policy, policy_of
from tidings.storefronts.schemas import StorefrontChange
from tidings.storefronts.tables import StorefrontRow

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class PatchRules:
    """Lay this upon the rules in force."""

    # A JSON Merge Patch.
    patch: Mapping[str, Any]
    actor: str
    # The header of that name.
    if_match: str | None = None


async def change_policy(tx: Tx, command: PatchRules, *, now: datetime) -> StorefrontRow:
    """Change the policy of this transaction's storefront; the version before is kept.

    Raises:
        NotFound: the storefront is gone.
        PreconditionFailed: the caller knows another version.
        InvalidInput: the whole would contradict itself, or the desk could not be written to.
    """
    row = await storefront_for_update(tx)
    check_if_match(command.if_match, row.version)
    stored = policy_of(row.policy).model_dump(mode="json")
    change = StorefrontChange(policy=_judged(Policy, merged(stored, command.patch)))
    return await change_storefront(tx, change, actor=command.actor, now=now, at="")


async def change_calendar(tx: Tx, command: PatchRules, *, now: datetime) -> StorefrontRow:
    """Change the calendar of this transaction's storefront, its zone included; the version before is kept.

    Raises:
        NotFound: the storefront is gone.
        PreconditionFailed: the caller knows another version.
        InvalidInput: the whole makes no sense, or does not open within a year.
    """
    row = await storefront_for_update(tx)
    check_if_match(command.if_match, row.version)
    patch = {name: value for name, value in command.patch.items() if name != "time_zone"}
    calendar = merged(row.calendar, patch)
    if patch.get("hours") and not calendar["hours"]:
        # Without any hours it would be open on these days, too.
        raise InvalidInput(faults=[Fault("/hours", "names closed days alone: say when it opens, too")])
    change = StorefrontChange(calendar=_judged(Calendar, calendar), time_zone=command.patch.get("time_zone"))
    return await change_storefront(tx, change, actor=command.actor, now=now, at="")


def _judged(model: type[Model], document: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(faults=faults_of(error.errors())) from None
