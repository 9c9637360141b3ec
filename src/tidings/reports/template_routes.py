"""How well each version of a template does."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tidings.reports.routes import Range
from tidings.reports.template_schemas import TemplateReports
from tidings.reports.templates import AskedTemplates, template_reports
from tidings.storefronts.access import Access, BeginDep, NowDep
from tidings.storefronts.caller import Caller
from tidings.storefronts.kinds import Channel, Milestone
from tidings.storefronts.queries import storefront
from tidings.storefronts.schemas import LocaleTag

router = APIRouter(prefix="/v1/reports", tags=["reports"])

wording_access = Access("operations", "templates")


@dataclass(frozen=True, slots=True)
class Wording:
    """Which wording is asked for."""

    milestone: Milestone | None
    channel: Channel | None
    locale: LocaleTag | None


async def asked_wording(
    milestone: Annotated[Milestone | None, Query(description="Only this milestone's")] = None,
    channel: Annotated[Channel | None, Query(description="Only this channel's")] = None,
    locale: Annotated[LocaleTag | None, Query(description="Only this language's")] = None,
) -> Wording:
    """The filter in the query string."""
    return Wording(milestone, channel, locale)


@router.get("/templates", summary="How well each version of a template does")
async def read_templates(
    caller: Annotated[Caller, Depends(wording_access)],
    begin: BeginDep,
    now: NowDep,
    period: Annotated[Range, Depends()],
    of: Annotated[Wording, Depends(asked_wording)],
) -> TemplateReports:
    """What became of the messages that were owed in this time: by milestone, channel, language and version.

    Each version stands beside the one before it, so that it can be told whether it has become better.
    """
    async with begin.reading(caller.scope) as tx:
        since, until = period.within((await storefront(tx)).time_zone, now)
        items = await template_reports(tx, AskedTemplates(since, until, of.milestone, of.channel, of.locale))
    return TemplateReports(from_at=since, until=until, items=items)
