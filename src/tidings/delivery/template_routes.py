"""Versions of the wording tried out: shown with an order, and sent to somebody who asked for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from tidings.delivery.address import checked_address
from tidings.delivery.errors import NoConnection, RecipientNotAllowed
from tidings.delivery.guard import guard_of
from tidings.delivery.trial import (
    BANNER,
    Post,
    Trial,
    allowed_recipient,
    begin_trial,
    chosen_connection,
    send_trial,
)  # fmt: skip
from tidings.delivery.trial_schemas import PREVIEW, TRIAL, TemplatePreview, TemplateShown, TemplateTrial, TrialSent
from tidings.delivery.try_template import Bench, Wish, content_shown, shown
from tidings.kit.declared import problems
from tidings.kit.ids import new_id, parse, wire
from tidings.kit.problem import NotFound
from tidings.storefronts.access import BeginDep, NowDep, OnceDep, TemplatesCaller
from tidings.storefronts.routes import ShopsDep
from tidings.templates.stored.desk import TemplatesDep, WorkshopDep
from tidings.templates.stored.errors import TemplateUnrenderable

router = APIRouter(prefix="/v1/templates/{template_id}", tags=["templates"])


async def bench_of(begin: BeginDep, templates: TemplatesDep, workshop: WorkshopDep, shops: ShopsDep) -> Bench:
    """What wording is tried out with."""
    return Bench(begin, templates, workshop, shops)


async def post_of(request: Request, now: NowDep) -> Post:
    """What tests are sent with."""
    runtime: Any = request.app.state.runtime
    return Post(
        guard_of(runtime.settings.guard), runtime.vault, runtime.registry.open, request.app.state.public_url, now
    )


BenchDep = Annotated[Bench, Depends(bench_of)]
PostDep = Annotated[Post, Depends(post_of)]


@router.post("/preview", status_code=200, responses=problems(TemplateUnrenderable), summary="Show it with an order")
async def preview(
    template_id: str,
    wanted: Annotated[TemplatePreview, Body(openapi_examples={"1": {"value": PREVIEW}})],
    caller: TemplatesCaller,
    bench: BenchDep,
) -> TemplateShown:
    """A version, published or not, with a sample order or with one of the shop's own. Changes nothing.

    Nothing is kept of it, not even for an `Idempotency-Key`: it may hold personal data, and is made anew each time.
    """
    wish = _wish(template_id, wanted, None)
    found = (await shown(bench, caller.scope, wish, parse("ord", wanted.order_id or ""))).rendered
    return TemplateShown(
        version=found.version,
        locale=found.locale,
        channel=wanted.channel,
        subject=found.subject,
        text=found.text,
        html=found.html,
        extras=dict(found.extras),
    )


@router.post(
    "/tests",
    status_code=202,
    response_model=TrialSent,
    responses=problems(TemplateUnrenderable, RecipientNotAllowed, NoConnection),
    summary="Send a test of it",
)
async def send_test(
    template_id: str,
    wanted: Annotated[TemplateTrial, Body(openapi_examples={"1": {"value": TRIAL}})],
    caller: TemplatesCaller,
    once: OnceDep,
    bench: BenchDep,
    post: PostDep,
) -> Response:
    """A version, published or not, marked as a test: in test mode to the sandbox, in live mode to the shop's people.

    Those are the addresses of its contact and its desk, and what the deployment's allow-list names.
    """
    scope, wish = caller.scope, _wish(template_id, wanted, BANNER)
    to = checked_address(wanted.channel, wanted.to, scope.mode, pointer="/to")
    to = allowed_recipient(post, scope, await bench.shops.of(scope.storefront_id), wanted.channel, to)
    made = await shown(bench, scope, wish, parse("ord", wanted.order_id or ""))
    if wish.version_id is None:
        raise NotFound
    content = content_shown(made, wanted.channel)
    async with once(caller) as tx:
        connection = await chosen_connection(tx, post, wanted.channel, wanted.connection)
        trial = Trial(
            wish.version_id, new_id(), connection, wanted.channel, to, made.rendered.locale, content, caller.actor
        )
        await begin_trial(tx, trial, post.now)
        answer = once.answer(202, _sent(trial))
    await send_trial(bench.begin, scope, trial, post)
    return answer


def _wish(template_id: str, wanted: TemplatePreview, banner: str | None) -> Wish:
    version_id = parse("tpl", template_id)
    return Wish(version_id, wanted.channel, wanted.locale, wanted.sample, wanted.order_id, banner)


def _sent(trial: Trial) -> TrialSent:
    return TrialSent(
        id=wire("att", trial.attempt_id),
        template=wire("tpl", trial.template_id),
        connection=trial.connection.name,
        provider=trial.connection.provider,
        subject=trial.content.subject,
        sha256=trial.sha256,
    )
