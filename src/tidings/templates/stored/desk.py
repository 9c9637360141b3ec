"""What the routes of templates work with: the built-in wording, and the workshop."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from tidings.kit.db import Begin
from tidings.storefronts.access import BeginDep, NowDep
from tidings.storefronts.caller import Caller
from tidings.templates.render import Templates
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.workshop import Workshop


async def templates_of(request: Request) -> Templates:
    """The wording that comes with tidings."""
    return cast("Templates", _runtime(request).templates)


async def workshop_of(request: Request) -> Workshop:
    """Where wording is examined and rendered that may not be sound."""
    return cast("Workshop", _runtime(request).workshop)


def _runtime(request: Request) -> Any:
    return request.app.state.runtime


def hand_of(caller: Caller) -> Hand:
    """Who acts, and by whose key."""
    return Hand(caller.actor, caller.principal)


TemplatesDep = Annotated[Templates, Depends(templates_of)]
WorkshopDep = Annotated[Workshop, Depends(workshop_of)]


@dataclass(frozen=True, slots=True)
class Desk:
    """What drafts are changed with."""

    begin: Begin
    templates: Templates
    now: datetime


async def desk_of(begin: BeginDep, templates: TemplatesDep, now: NowDep) -> Desk:
    """The desk of this application."""
    return Desk(begin, templates, now)


DeskDep = Annotated[Desk, Depends(desk_of)]
