"""What proves the audit trail: signed heads, proofs, and a verification of all of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.records.errors import HeadNotKnown, NotASignedHead, RecordNotSealed
from tidings.records.findings import Verification
from tidings.records.head_queries import PublicKey, heads_page, keys_of
from tidings.records.heads import NotAHead, SignedHead, read_head
from tidings.records.prove import prove_consistency, prove_record
from tidings.records.verify import verify_records
from tidings.storefronts.access import Access, BeginDep, ListOf, NowDep, OnceDep, PageDep
from tidings.storefronts.caller import Caller

router = APIRouter(prefix="/v1/records", tags=["records"])

AuditingCaller = Annotated[Caller, Depends(Access("operations", "admin"))]

MOST_HELD = 100


class Head(BaseModel):
    """What is signed: the root of the Merkle tree (RFC 9162) of so many records, chained to the head before."""

    model_config = ConfigDict(extra="forbid")

    at: str
    key: str = Field(description="Which key signed it")
    log: str = Field(description="The storefront", examples=["stf_0198…"])
    marks: str = Field(description="Digest of the first four bytes of each leaf since the head before")
    previous: str = Field(description="Hash of the head before; zeros for the first")
    root: str
    sequence: int
    size: int = Field(description="So many records are sealed")


class SignedRecordHead(BaseModel):
    """A head and its signature: keep it where nobody who can change the database can reach it."""

    model_config = ConfigDict(extra="forbid")

    head: Head
    signature: str = Field(
        description="Ed25519 in hexadecimal, over `tidings record head v1\\n` and the head in JCS form"
    )
    public_key: str


class SigningKey(BaseModel):
    """The public half of a key that has signed heads."""

    id: str
    public_key: str
    replaces: str | None = Field(description="The key before it")
    endorsed: bool = Field(description="The key before it has signed the change; false if that one was lost")
    introduced_at: str


class RecordProof(BaseModel):
    """That one record is under a signed head; `tidings records checker` prints a script that checks it."""

    record: str | None = Field(description="The record as it was sealed, in its canonical form; null if it was pruned")
    leaf: str
    position: int
    path: list[str]
    signed_head: SignedRecordHead


class HeadsConsistency(BaseModel):
    """That one head's records are the beginning of another's."""

    first: SignedRecordHead
    second: SignedRecordHead
    path: list[str]


class VerificationAsked(BaseModel):
    """What the verification is to agree with."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"heads": []}]})

    heads: list[SignedRecordHead] = Field(
        default=[], max_length=MOST_HELD, description="Signed heads that you hold: the database must agree with them"
    )


class FoundFault(BaseModel):
    """One thing that is not as it was sealed."""

    kind: str = Field(examples=["record_changed"])
    detail: str
    record_id: str | None
    order_id: str | None
    number: int | None
    record_kind: str | None
    first_position: int | None
    last_position: int | None
    head: int | None = Field(description="The head that it is about")


class RecordsVerification(BaseModel):
    """What a verification came to."""

    whole: bool = Field(description="Nothing was changed, removed, reordered or inserted")
    size: int = Field(description="So many records are sealed")
    pruned: int = Field(description="So many of them were deleted by retention, and are accounted for")
    unsealed: int = Field(description="So many wait to be sealed, which takes seconds")
    head: SignedRecordHead | None
    counts: dict[str, int] = Field(description="How many faults of each kind there are")
    faults: list[FoundFault] = Field(description="The first hundred")
    notes: list[str]


@router.get("/heads", summary="Signed heads")
async def list_heads(caller: AuditingCaller, begin: BeginDep, page: PageDep) -> ListOf[SignedRecordHead]:
    """The heads of the trail, oldest first. Whoever holds one can tell whether anything before it was touched."""
    async with begin.reading(caller.scope) as tx:
        found = await heads_page(tx, page.window)
    return page.answer(found, [_head_of(signed) for signed in found.items])


@router.get("/keys", summary="Public keys of the heads")
async def list_signing_keys(caller: AuditingCaller, begin: BeginDep) -> ListOf[SigningKey]:
    """The keys that have signed heads, oldest first. Old heads go on being checked with old keys."""
    async with begin.reading(caller.scope) as tx:
        found = await keys_of(tx, caller.scope.storefront_id)
    return ListOf(items=[_key_of(key) for key in found.values()], next_cursor=None)


@router.get("/consistency", responses=problems(HeadNotKnown), summary="Proof that one head continues another")
async def prove_heads(
    caller: AuditingCaller,
    begin: BeginDep,
    first: Annotated[int, Query(ge=1, description="The older head's sequence")],
    second: Annotated[int, Query(ge=1, description="The newer head's sequence")],
) -> HeadsConsistency:
    """The proof that nothing under the first head was touched until the second was signed."""
    async with begin.reading(caller.scope) as tx:
        return HeadsConsistency.model_validate((await prove_consistency(tx, first, second)).told())


@router.get("/{record_id}/proof", responses=problems(RecordNotSealed), summary="Proof of one record")
async def prove(record_id: str, caller: AuditingCaller, begin: BeginDep) -> RecordProof:
    """The proof that a record is under the newest head: a few hashes, however long the trail."""
    async with begin.reading(caller.scope) as tx:
        return RecordProof.model_validate((await prove_record(tx, parse("rec", record_id))).told())


@router.post(
    "/verification",
    status_code=200,
    response_model=RecordsVerification,
    responses=problems(NotASignedHead),
    summary="Verify the whole trail",
)
async def verify(
    asked: VerificationAsked, caller: AuditingCaller, begin: BeginDep, once: OnceDep, now: NowDep
) -> Response:
    """Computes everything anew, from the rows of both modes, and tells what is not as it was sealed, and where.

    It takes its time: about half a minute for a million records.
    """
    found = await verify_records(begin, caller.scope, held=[_held(head) for head in asked.heads], now=now)
    async with once(caller):
        return once.answer(200, verification_of(found))


def _held(head: SignedRecordHead) -> SignedHead:
    try:
        return read_head(head.model_dump())
    except NotAHead as error:
        raise NotASignedHead from error


def verification_of(found: Verification) -> RecordsVerification:
    """A verification as it is told."""
    told: list[dict[str, Any]] = [finding.told(found.storefront_id) for finding in found.findings]
    return RecordsVerification(
        whole=found.is_whole,
        size=found.size,
        pruned=found.pruned,
        unsealed=found.unsealed,
        head=None if found.head is None else _head_of(found.head),
        counts={str(kind): count for kind, count in found.counts.items()},
        faults=[FoundFault.model_validate(each) for each in told],
        notes=list(found.notes),
    )


def _head_of(signed: SignedHead) -> SignedRecordHead:
    return SignedRecordHead.model_validate(signed.told())


def _key_of(key: PublicKey) -> SigningKey:
    return SigningKey(
        id=key.key_id,
        public_key=key.public.hex(),
        replaces=key.replaces,
        endorsed=key.endorsement is not None,
        introduced_at=key.introduced_at,
    )
