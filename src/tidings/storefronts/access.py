"""Dependencies as types: a route's signature says who may call it and what it works with.

The edge of the API has checked the key before any of this runs (api/gate.py); here it is asked for, with its scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Generic, Protocol, TypeVar, cast
from urllib.parse import urlencode

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.etag import etag
from tidings.kit.faults import pointer
from tidings.kit.once import Once
from tidings.kit.page import DEFAULT_LIMIT, MAX_LIMIT, Page, Window, decode_cursor
from tidings.kit.problem import Fault, InvalidInput
from tidings.kit.vault import Vault
from tidings.storefronts.authenticate import KeyRing, unauthorised
from tidings.storefronts.caller import Caller
from tidings.storefronts.errors import ScopeMissing
from tidings.storefronts.kinds import KeyScope

# Where the edge leaves the caller in the ASGI scope.
CALLER: Final = "tidings.caller"

T = TypeVar("T")


class Surroundings(Protocol):
    """What dependencies take from the running application: `app.state.runtime` fulfils it."""

    @property
    def begin(self) -> Begin:
        """Opens transactions."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def vault(self) -> Vault:
        """Seals secrets."""
        ...


class Access:
    """Lets a caller in who has one of these scopes."""

    def __init__(self, *scopes: KeyScope) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request) -> Caller:
        """The caller of this request.

        Raises:
            Unauthorised: nobody has been let in at the edge.
            ScopeMissing: the key may not do this.
            InvalidInput: the query names what the operation does not know.
        """
        return self.admit(request)

    def admit(self, request: Request) -> Caller:
        """The same, for routes that leave FastAPI's dependencies aside."""
        caller = cast("Caller | None", request.scope.get(CALLER))
        if caller is None:
            raise unauthorised(given=False)
        if request.scope["query_string"]:
            refuse_unknown_parameters(request)
        if caller.scopes.isdisjoint(self.scopes):
            challenge = f'Bearer realm="tidings", error="insufficient_scope", scope="{" ".join(self.scopes)}"'
            raise ScopeMissing(headers={"WWW-Authenticate": challenge}, needs=list(self.scopes))
        return caller


def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not answer everything.

    Raises:
        InvalidInput: the query names what this operation does not know.
    """
    known = request.app.state.query_names[request.scope["route"].operation_id]
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        detail = f"is not a parameter of this request, which takes {', '.join(sorted(known)) or 'none'}"
        raise InvalidInput(faults=[Fault(pointer(["query", name[:80]]), detail) for name in unknown])


orders_access = Access("orders")
operations_access = Access("operations")
reading_access = Access("orders", "operations")
templates_access = Access("templates")
admin_access = Access("admin")

OrdersCaller = Annotated[Caller, Depends(orders_access)]
OperationsCaller = Annotated[Caller, Depends(operations_access)]
# A read of orders, messages and events is allowed to either side of the house.
ReadingCaller = Annotated[Caller, Depends(reading_access)]
# Customers' wishes come in through the shop's own systems as well as through its staff.
EitherCaller = Annotated[Caller, Depends(reading_access)]
TemplatesCaller = Annotated[Caller, Depends(templates_access)]
AdminCaller = Annotated[Caller, Depends(admin_access)]


def surroundings(request: Request) -> Surroundings:
    """What the application was made with."""
    return cast("Surroundings", request.app.state.runtime)


async def begin_of(request: Request) -> Begin:
    """How transactions are opened."""
    return surroundings(request).begin


async def now_of(request: Request) -> datetime:
    """The instant at which the request is carried out."""
    return surroundings(request).clock.now()


async def once_of(request: Request) -> Once:
    """The request's own Once."""
    around, wait = surroundings(request), request.app.state.idempotency_wait
    return Once(request, around.begin, around.vault, now=around.clock.now(), wait=wait)


async def key_ring_of(request: Request) -> KeyRing:
    """The keys as this process remembers them."""
    return cast("KeyRing", request.app.state.keys)


BeginDep = Annotated[Begin, Depends(begin_of)]
NowDep = Annotated[datetime, Depends(now_of)]
OnceDep = Annotated[Once, Depends(once_of)]
KeyRingDep = Annotated[KeyRing, Depends(key_ring_of)]


@dataclass(frozen=True, slots=True)
class Known:
    """The version that the caller knows, and the answer that tells the new one."""

    if_match: str | None
    response: Response

    def tell(self, version: int) -> None:
        """Give the answer its ETag."""
        self.response.headers["ETag"] = etag(version)


async def known_of(
    response: Response,
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The ETag of the version that is meant; another is refused")
    ] = None,
) -> Known:
    """What the request says of versions."""
    return Known(if_match, response)


KnownDep = Annotated[Known, Depends(known_of)]


class ListOf(BaseModel, Generic[T]):
    """A stretch of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="Give it as `cursor` to go on; null at the end of the list")


@dataclass(frozen=True, slots=True)
class Paging:
    """A list as asked for: which stretch of it, and how to answer."""

    request: Request
    response: Response
    window: Window

    def answer(self, page: Page[Any], items: Sequence[T] | None = None) -> ListOf[T]:
        """The page as a body (with these items if they had to be told otherwise), and its RFC 8288 `Link`."""
        if page.next_cursor is not None:
            query = [(k, v) for k, v in self.request.query_params.multi_items() if k != "cursor"]
            link = f"<{self.request.url.path}?{urlencode([*query, ('cursor', page.next_cursor)])}>"
            self.response.headers["Link"] = f'{link}; rel="next"'
        told = page.items if items is None else items
        return ListOf(items=list(told), next_cursor=page.next_cursor)


async def paging_of(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the stretch before")] = None,
) -> Paging:
    """The stretch of a list that a request asks for.

    Raises:
        InvalidInput: the cursor is not one of ours.
    """
    after = None if cursor is None else decode_cursor(cursor)
    return Paging(request, response, Window(limit=limit, after=after))


PageDep = Annotated[Paging, Depends(paging_of)]
