"""Where the shop's events are posted to, in the mode of the key that asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.faults import FAULTS_IN
from tidings.kit.ids import parse
from tidings.kit.problem import PreconditionFailed
from tidings.kit.vault import Vault, VaultClosed
from tidings.storefronts.access import AdminCaller, BeginDep, KnownDep, ListOf, NowDep, OnceDep, PageDep
from tidings.webhooks.add_endpoint import AddEndpoint, add_endpoint
from tidings.webhooks.change_endpoint import ChangeEndpoint, change_endpoint, remove_endpoint
from tidings.webhooks.endpoint_queries import endpoint_by_id, endpoints_page
from tidings.webhooks.endpoint_schemas import (
    MadeWebhookEndpoint,
    WebhookEndpoint,
    WebhookEndpointAsked,
    WebhookEndpointChange,
    WebhookRotation,
    WebhookTest,
)
from tidings.webhooks.errors import TooManyEndpoints
from tidings.webhooks.judge import Judge
from tidings.webhooks.ports import Courier
from tidings.webhooks.rotate_secret import RotateSecret, rotate_secret
from tidings.webhooks.try_endpoint import TryEndpoint, try_endpoint
from tidings.webhooks.views import endpoint_of, made_endpoint_of


@dataclass(frozen=True, slots=True)
class Desk:
    """What endpoints are made with."""

    courier: Courier
    judge: Judge
    vault: Vault
    now: datetime


async def desk_of(request: Request, now: NowDep) -> Desk:
    """The desk of this application."""
    runtime = request.app.state.runtime
    judge = Judge(runtime.courier, runtime.event_types)
    # A body that its schema refuses is told of all that is wrong with it, too.
    setattr(request.state, FAULTS_IN, judge.faults_in)
    return Desk(runtime.courier, judge, runtime.vault, now)


DeskDep = Annotated[Desk, Depends(desk_of)]

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook-endpoints"])


@router.get("", summary="The webhook endpoints")
async def list_webhook_endpoints(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[WebhookEndpoint]:
    """All endpoints of this storefront and mode, newest first, without their secrets."""
    async with begin.reading(caller.scope) as tx:
        found = await endpoints_page(tx, page.window)
    return page.answer(found, [endpoint_of(row) for row in found.items])


@router.get("/{endpoint_id}", summary="One webhook endpoint")
async def read_webhook_endpoint(
    endpoint_id: str, caller: AdminCaller, begin: BeginDep, response: Response
) -> WebhookEndpoint:
    """An endpoint, how it fares, and what its last try came to; without its secret."""
    async with begin.reading(caller.scope) as tx:
        row = await endpoint_by_id(tx, parse("whk", endpoint_id))
    response.headers["ETag"] = etag(row.version)
    return endpoint_of(row)


@router.post(
    "",
    status_code=201,
    response_model=MadeWebhookEndpoint,
    summary="Add a webhook endpoint",
    responses=problems(TooManyEndpoints, VaultClosed),
)
async def create_webhook_endpoint(
    asked: WebhookEndpointAsked, caller: AdminCaller, once: OnceDep, desk: DeskDep
) -> Response:
    """Each event of this storefront and mode is posted there: in order, one after the other, until it is taken.

    The body is what `GET /v1/events` tells of the event, signed as Standard Webhooks has it with the secret that this
    answer tells: this once. Any 2xx within 15 seconds takes the event; what may have been taken is posted again with
    the same `webhook-id`. An event that is not taken is posted again after 5 seconds, 5 and 30 minutes, 2, 5 and then
    every 10 hours; after three days the endpoint is disabled, and at once if it answers 410.
    """
    command = AddEndpoint(**asked.model_dump(), actor=caller.actor)
    async with once(caller) as tx:
        added = await add_endpoint(tx, command, judge=desk.judge, vault=desk.vault, now=desk.now)
        told = made_endpoint_of(added.row, added.secret)
        headers = {"Location": f"/v1/webhook-endpoints/{told.id}", "ETag": etag(told.version)}
        return once.answer(201, told, headers=headers, is_secret=True)


@router.patch("/{endpoint_id}", summary="Change a webhook endpoint", responses=problems(PreconditionFailed))
async def update_webhook_endpoint(
    endpoint_id: str,
    change: WebhookEndpointChange,
    caller: AdminCaller,
    begin: BeginDep,
    desk: DeskDep,
    known: KnownDep,
) -> WebhookEndpoint:
    """Move it, pause it, or let it go on after another event: how events are posted again, or left out.

    Any change, even an empty one, wakes an endpoint that is disabled; what is due there is posted at once.
    """
    command = ChangeEndpoint(
        endpoint_id=parse("whk", endpoint_id),
        actor=caller.actor,
        changes=change.model_dump(exclude_unset=True),
        if_match=known.if_match,
    )
    async with begin(caller.scope) as tx:
        row = await change_endpoint(tx, command, judge=desk.judge, now=desk.now)
    known.tell(row.version)
    return endpoint_of(row)


@router.delete("/{endpoint_id}", status_code=204, summary="Remove a webhook endpoint")
async def delete_webhook_endpoint(endpoint_id: str, caller: AdminCaller, begin: BeginDep, now: NowDep) -> None:
    """Nothing is posted there any more; the events stay where they are."""
    async with begin(caller.scope) as tx:
        await remove_endpoint(tx, parse("whk", endpoint_id), actor=caller.actor, now=now)


@router.post(
    "/{endpoint_id}/secret",
    status_code=201,
    response_model=MadeWebhookEndpoint,
    summary="Replace a webhook endpoint's secret",
    responses=problems(VaultClosed),
)
async def rotate_webhook_endpoint(
    endpoint_id: str, asked: WebhookRotation, caller: AdminCaller, once: OnceDep, desk: DeskDep
) -> Response:
    """The answer tells the new secret, this once. For the overlap each event has two signatures, one by either."""
    command = RotateSecret(
        endpoint_id=parse("whk", endpoint_id),
        actor=caller.actor,
        secret=asked.secret,
        overlap=timedelta(hours=asked.overlap_hours),
    )
    async with once(caller) as tx:
        rotated = await rotate_secret(tx, command, judge=desk.judge, vault=desk.vault, now=desk.now)
        told = made_endpoint_of(rotated.row, rotated.secret)
        return once.answer(201, told, headers={"ETag": etag(told.version)}, is_secret=True)


@router.post("/{endpoint_id}/test", summary="Try a webhook endpoint", responses=problems(VaultClosed))
async def test_webhook_endpoint(endpoint_id: str, caller: AdminCaller, begin: BeginDep, desk: DeskDep) -> WebhookTest:
    """Posts one signed `webhook.test` event there at once, outside the log, and answers what came of it.

    Nothing is kept of it, not even for an `Idempotency-Key`: each is a test of its own.
    """
    command = TryEndpoint(parse("whk", endpoint_id), caller.scope, caller.actor, desk.now)
    return await try_endpoint(command, begin=begin, courier=desk.courier, vault=desk.vault)
