"""The shop's accounts at providers, in the mode of the key that asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.ids import parse
from tidings.kit.problem import PreconditionFailed
from tidings.kit.vault import Vault, VaultClosed
from tidings.storefronts.access import AdminCaller, BeginDep, KnownDep, ListOf, NowDep, OnceDep, PageDep
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.change_connection import ChangeConnection, change_connection, remove_connection
from tidings.storefronts.connectionbook import ConnectionBook
from tidings.storefronts.errors import NameTaken
from tidings.storefronts.ports import ProviderCatalogue
from tidings.storefronts.queries import connection_by_id, connections_page
from tidings.storefronts.schemas import Connection, ConnectionAsked, ConnectionChange
from tidings.storefronts.views import connection_of


@dataclass(frozen=True, slots=True)
class Desk:
    """What connections are made with."""

    catalogue: ProviderCatalogue
    vault: Vault
    book: ConnectionBook
    public_url: str
    now: datetime


async def desk_of(request: Request, now: NowDep) -> Desk:
    """The desk of this application."""
    runtime = request.app.state.runtime
    return Desk(runtime.registry, runtime.vault, runtime.connections, request.app.state.public_url, now)


DeskDep = Annotated[Desk, Depends(desk_of)]

router = APIRouter(prefix="/v1/connections", tags=["connections"])


@router.get("", summary="The connections")
async def list_connections(caller: AdminCaller, begin: BeginDep, page: PageDep, desk: DeskDep) -> ListOf[Connection]:
    """All connections of this storefront and mode, newest first, without their secrets."""
    async with begin.reading(caller.scope) as tx:
        found = await connections_page(tx, page.window)
    return page.answer(found, [connection_of(row, desk.public_url) for row in found.items])


@router.get("/{connection_id}", summary="One connection")
async def read_connection(
    connection_id: str, caller: AdminCaller, begin: BeginDep, desk: DeskDep, response: Response
) -> Connection:
    """A connection, without its secrets."""
    async with begin.reading(caller.scope) as tx:
        row = await connection_by_id(tx, parse("con", connection_id))
    response.headers["ETag"] = etag(row.version)
    return connection_of(row, desk.public_url)


@router.post(
    "",
    status_code=201,
    response_model=Connection,
    summary="Add a connection",
    responses=problems(NameTaken, VaultClosed),
)
async def create_connection(asked: ConnectionAsked, caller: AdminCaller, once: OnceDep, desk: DeskDep) -> Response:
    """Used from now on, also for messages that wait for its channel. Give `callback_url` to the provider."""
    command = AddConnection(**asked.model_dump(), actor=caller.actor)
    async with once(caller) as tx:
        row = await add_connection(tx, command, catalogue=desk.catalogue, vault=desk.vault, now=desk.now)
        added = connection_of(row, desk.public_url)
        return once.answer(201, added, headers={"Location": f"/v1/connections/{added.id}", "ETag": etag(row.version)})


@router.patch("/{connection_id}", summary="Change a connection", responses=problems(NameTaken, PreconditionFailed))
async def update_connection(
    connection_id: str, change: ConnectionChange, caller: AdminCaller, begin: BeginDep, desk: DeskDep, known: KnownDep
) -> Connection:
    """Pause it, move it, give it new settings or secrets. Any change, even an empty one, ends a halt."""
    asked = parse("con", connection_id)
    command = ChangeConnection(connection_id=asked, actor=caller.actor, if_match=known.if_match, **change.model_dump())
    async with begin(caller.scope) as tx:
        row = await change_connection(tx, command, catalogue=desk.catalogue, vault=desk.vault, now=desk.now)
    desk.book.forget(row.id)
    known.tell(row.version)
    return connection_of(row, desk.public_url)


@router.delete("/{connection_id}", status_code=204, summary="Remove a connection")
async def delete_connection(connection_id: str, caller: AdminCaller, begin: BeginDep, now: NowDep) -> None:
    """Nothing is sent through it any more; late callbacks about what it sent are still taken."""
    async with begin(caller.scope) as tx:
        await remove_connection(tx, parse("con", connection_id), actor=caller.actor, now=now)
