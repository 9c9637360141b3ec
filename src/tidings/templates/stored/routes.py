"""Versions of wording: looked at, begun, changed."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.ids import parse
from tidings.kit.problem import PreconditionFailed
from tidings.storefronts.access import BeginDep, KnownDep, ListOf, OnceDep, PageDep, TemplatesCaller
from tidings.storefronts.kinds import Channel, Milestone
from tidings.templates.stored.built_in import built_in_milestone
from tidings.templates.stored.desk import DeskDep, TemplatesDep, hand_of
from tidings.templates.stored.draft import draft_template
from tidings.templates.stored.errors import TemplateStep
from tidings.templates.stored.kinds import Origin
from tidings.templates.stored.load import version_by_id
from tidings.templates.stored.queries import TemplateFilter, versions_page
from tidings.templates.stored.revise import ReviseTemplate, revise_template
from tidings.templates.stored.schemas import TemplateVersion, TemplateWhole
from tidings.templates.stored.states import TemplateStatus
from tidings.templates.stored.told import built_in_whole_told, whole_told
from tidings.templates.stored.wanted import DRAFT, Locale, TemplateChange, TemplateDraft

router = APIRouter(prefix="/v1/templates", tags=["templates"])


async def asked_templates(
    milestone: Annotated[Milestone | None, Query(description="Only those of this milestone")] = None,
    channel: Annotated[Channel | None, Query(description="Only those that word this channel")] = None,
    locale: Annotated[Locale | None, Query(description="Only those that word this language")] = None,
    status: Annotated[TemplateStatus | None, Query(description="Only those that stand so")] = None,
    origin: Annotated[Origin | None, Query(description="Only built-in ones, or only the shop's own")] = None,
) -> TemplateFilter:
    """The filter in the query string."""
    return TemplateFilter(milestone, channel, locale, status, origin)


@router.get("", summary="Versions of wording")
async def list_templates(
    caller: TemplatesCaller,
    begin: BeginDep,
    page: PageDep,
    templates: TemplatesDep,
    asked: Annotated[TemplateFilter, Depends(asked_templates)],
) -> ListOf[TemplateVersion]:
    """The shop's own, the newest first; after them those that come with tidings, which word all that the shop does not.

    A version is of one milestone, with all of its channels and languages: that is what a message names, what is
    reviewed as a whole, and what is rolled back to.
    """
    async with begin.reading(caller.scope) as tx:
        found = await versions_page(tx, asked, page.window, templates)
    return page.answer(found)


@router.get("/{template_id}", summary="One version of a milestone's wording")
async def read_template(
    template_id: str, caller: TemplatesCaller, begin: BeginDep, templates: TemplatesDep, response: Response
) -> TemplateWhole:
    """A version with its words; also a built-in one, as an example and a beginning."""
    version_id = parse("tpl", template_id)
    milestone = built_in_milestone(templates, version_id)
    if milestone is not None:
        return built_in_whole_told(templates, milestone)
    async with begin.reading(caller.scope) as tx:
        row = await version_by_id(tx, version_id)
    response.headers["ETag"] = etag(row.revision)
    return whole_told(row)


@router.post("", status_code=201, response_model=TemplateWhole, summary="Begin a version")
async def create_template(
    wanted: Annotated[TemplateDraft, Body(openapi_examples={"1": {"value": DRAFT}})],
    caller: TemplatesCaller,
    once: OnceDep,
    desk: DeskDep,
) -> Response:
    """A draft; nothing is sent with it. Whoever begins or changes it neither approves nor publishes it."""
    async with once(caller) as tx:
        row = await draft_template(tx, wanted, hand_of(caller), templates=desk.templates, now=desk.now)
        told = whole_told(row)
        headers = {"Location": f"/v1/templates/{told.id}", "ETag": etag(row.revision)}
        return once.answer(201, told, headers=headers)


@router.patch("/{template_id}", summary="Change a draft", responses=problems(TemplateStep, PreconditionFailed))
async def update_template(
    template_id: str,
    change: Annotated[TemplateChange, Body(openapi_examples={"1": {"value": {"note": "friendlier still"}}})],
    caller: TemplatesCaller,
    desk: DeskDep,
    known: KnownDep,
) -> TemplateWhole:
    """Lay a merge patch upon a draft's words; what was submitted stays as it is."""
    patch = change.model_dump(mode="json", exclude_unset=True)
    command = ReviseTemplate(parse("tpl", template_id), hand_of(caller), patch, known.if_match)
    async with desk.begin(caller.scope) as tx:
        row = await revise_template(tx, command, templates=desk.templates, now=desk.now)
    known.tell(row.revision)
    return whole_told(row)
