"""The way of a version: submitted, reviewed, published, retired; and the way back."""

from fastapi import APIRouter, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.kit.problem import PreconditionFailed
from tidings.storefronts.access import BeginDep, NowDep, OnceDep, TemplatesCaller
from tidings.templates.stored.desk import WorkshopDep, hand_of
from tidings.templates.stored.errors import (
    TemplateAuthor,
    TemplateFaulty,
    TemplateNeverPublished,
    TemplateNotApproved,
    TemplateReviewed,
    TemplateStep,
)
from tidings.templates.stored.examined import examine_stored
from tidings.templates.stored.publish import PublishTemplate, publish_template
from tidings.templates.stored.retire import RetireTemplate, retire_template
from tidings.templates.stored.review import ReviewTemplate, review_template
from tidings.templates.stored.roll_back import RollBackTemplate, roll_back_template
from tidings.templates.stored.schemas import TemplateWhole
from tidings.templates.stored.submit import SubmitTemplate, submit_template
from tidings.templates.stored.told import whole_told
from tidings.templates.stored.wanted import TemplateRetirement, TemplateReview

router = APIRouter(prefix="/v1/templates/{template_id}", tags=["templates"])


@router.post(
    "/submission",
    status_code=200,
    response_model=TemplateWhole,
    responses=problems(TemplateStep, TemplateFaulty, PreconditionFailed),
    summary="Submit for review",
)
async def submit(
    template_id: str, caller: TemplatesCaller, once: OnceDep, begin: BeginDep, now: NowDep, workshop: WorkshopDep
) -> Response:
    """The draft is examined, in every language and with every sample order; what is wrong is told all at once."""
    version_id = parse("tpl", template_id)
    examined = await examine_stored(version_id, begin=begin, scope=caller.scope, workshop=workshop, status="draft")
    command = SubmitTemplate(version_id, hand_of(caller), examined)
    async with once(caller) as tx:
        return once.answer(200, whole_told(await submit_template(tx, command, now=now)))


@router.post(
    "/review",
    status_code=200,
    response_model=TemplateWhole,
    responses=problems(TemplateStep, TemplateAuthor, TemplateReviewed),
    summary="Approve or reject",
)
async def review(
    template_id: str, word: TemplateReview, caller: TemplatesCaller, once: OnceDep, now: NowDep
) -> Response:
    """The word of somebody who did not write a part of it; name the person with `Tidings-Actor`."""
    command = ReviewTemplate(parse("tpl", template_id), hand_of(caller), word.outcome, word.reason)
    async with once(caller) as tx:
        return once.answer(200, whole_told(await review_template(tx, command, now=now)))


@router.post(
    "/publication",
    status_code=200,
    response_model=TemplateWhole,
    responses=problems(TemplateStep, TemplateAuthor, TemplateNotApproved, TemplateFaulty, PreconditionFailed),
    summary="Publish",
)
async def publish(
    template_id: str, caller: TemplatesCaller, once: OnceDep, begin: BeginDep, now: NowDep, workshop: WorkshopDep
) -> Response:
    """Words what is rendered from now on; every worker knows within seconds. What was in force before is retired.

    Messages that have been tried on a channel keep what they said there, on every retry.
    """
    version_id = parse("tpl", template_id)
    examined = await examine_stored(version_id, begin=begin, scope=caller.scope, workshop=workshop, status="in_review")
    command = PublishTemplate(version_id, hand_of(caller), examined)
    async with once(caller) as tx:
        return once.answer(200, whole_told(await publish_template(tx, command, now=now)))


@router.post(
    "/retirement",
    status_code=200,
    response_model=TemplateWhole,
    responses=problems(TemplateStep),
    summary="Retire, or give up",
)
async def retire(
    template_id: str,
    caller: TemplatesCaller,
    once: OnceDep,
    now: NowDep,
    retirement: TemplateRetirement | None = None,
) -> Response:
    """The built-in wording is in force again; a version that was never published is given up."""
    reason = None if retirement is None else retirement.reason
    command = RetireTemplate(parse("tpl", template_id), hand_of(caller), reason)
    async with once(caller) as tx:
        return once.answer(200, whole_told(await retire_template(tx, command, now=now)))


@router.post(
    "/rollback",
    status_code=201,
    response_model=TemplateWhole,
    responses=problems(TemplateStep, TemplateNeverPublished, TemplateFaulty, PreconditionFailed),
    summary="Roll back to it",
)
async def roll_back(
    template_id: str, caller: TemplatesCaller, once: OnceDep, begin: BeginDep, now: NowDep, workshop: WorkshopDep
) -> Response:
    """Publish the words of an earlier version anew, as a new version: they have been reviewed before.

    To roll back to the built-in wording, retire the version that is in force.
    """
    version_id = parse("tpl", template_id)
    examined = await examine_stored(version_id, begin=begin, scope=caller.scope, workshop=workshop, status="retired")
    command = RollBackTemplate(version_id, hand_of(caller), examined)
    async with once(caller) as tx:
        told = whole_told(await roll_back_template(tx, command, now=now))
        return once.answer(201, told, headers={"Location": f"/v1/templates/{told.id}"})
