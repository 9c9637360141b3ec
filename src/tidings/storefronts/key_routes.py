"""Who may call: the keys of a storefront, in the mode of the key that asks."""

from datetime import timedelta

from fastapi import APIRouter, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.storefronts.access import AdminCaller, BeginDep, KeyRingDep, ListOf, NowDep, OnceDep, PageDep
from tidings.storefronts.errors import KeyNotUsable
from tidings.storefronts.issue_key import IssueKey, issue_key
from tidings.storefronts.queries import key_by_id, keys_page
from tidings.storefronts.revoke_key import revoke_key
from tidings.storefronts.rotate_key import rotate_key
from tidings.storefronts.schemas import ApiKey, ApiKeyAsked, IssuedApiKey, Rotation
from tidings.storefronts.views import api_key_of, issued_key_of

router = APIRouter(prefix="/v1/api-keys", tags=["api-keys"])


@router.get("", summary="The keys")
async def list_api_keys(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[ApiKey]:
    """All keys of this storefront and mode, newest first, without their secrets."""
    async with begin.reading(caller.scope) as tx:
        found = await keys_page(tx, page.window)
    return page.answer(found, [api_key_of(row) for row in found.items])


@router.get("/{key_id}", summary="One key")
async def read_api_key(key_id: str, caller: AdminCaller, begin: BeginDep) -> ApiKey:
    """A key, without its secret."""
    async with begin.reading(caller.scope) as tx:
        return api_key_of(await key_by_id(tx, parse("key", key_id)))


@router.post("", status_code=201, response_model=IssuedApiKey, summary="Create a key")
async def create_api_key(asked: ApiKeyAsked, caller: AdminCaller, once: OnceDep, now: NowDep) -> Response:
    """The answer tells the secret: this once, for it is kept nowhere in clear."""
    command = IssueKey(
        name=asked.name, principal=asked.principal, scopes=tuple(asked.scopes), expires_at=asked.expires_at
    )
    async with once(caller) as tx:
        issued = await issue_key(tx, command, actor=caller.actor, now=now)
        return once.answer(201, issued_key_of(issued.row, issued.key), is_secret=True)


@router.post(
    "/{key_id}/rotation",
    status_code=201,
    response_model=IssuedApiKey,
    summary="Replace a key",
    responses=problems(KeyNotUsable),
)
async def rotate_api_key(
    key_id: str, asked: Rotation, caller: AdminCaller, once: OnceDep, now: NowDep, keys: KeyRingDep
) -> Response:
    """A new key with the same rights; the old one works on for the overlap, so that nothing stands still."""
    overlap = timedelta(hours=asked.overlap_hours)
    async with once(caller) as tx:
        issued = await rotate_key(tx, parse("key", key_id), overlap=overlap, actor=caller.actor, now=now)
        answer = once.answer(201, issued_key_of(issued.row, issued.key), is_secret=True)
    keys.forget()
    return answer


@router.post("/{key_id}/revocation", response_model=ApiKey, summary="Revoke a key")
async def revoke_api_key(key_id: str, caller: AdminCaller, once: OnceDep, now: NowDep, keys: KeyRingDep) -> Response:
    """The key stops working: here at once, in other processes within seconds."""
    async with once(caller) as tx:
        row = await revoke_key(tx, parse("key", key_id), actor=caller.actor, now=now)
        answer = once.answer(200, api_key_of(row))
    keys.forget()
    return answer
