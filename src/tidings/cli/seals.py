"""`tidings records verify|heads|prove|seal|key|checker`: what proves the audit trail."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tidings.bootstrap import NotConfigured, Runtime, signer_of
from tidings.cli.asking import JsonOption, LimitOption, ModeOption, Slug, scope_of
from tidings.cli.printing import show
from tidings.cli.running import Refused, explained, over_runtime
from tidings.kit.ids import parse
from tidings.kit.page import Page, Window, decode_cursor
from tidings.records import check_record
from tidings.records.findings import Finding, Verification
from tidings.records.head_queries import heads_page
from tidings.records.heads import NotAHead, SignedHead, read_heads
from tidings.records.prove import InclusionProof, prove_record
from tidings.records.sealer import seal_all
from tidings.records.signing import new_signing_key
from tidings.records.verify import verify_records

HEAD_COLUMNS = ("sequence", "size", "at", "key", "root")
FAULT_COLUMNS = ("kind", "record_id", "order_id", "number", "record_kind", "positions", "head", "detail")


def verify(
    slug: Slug,
    *,
    head: Annotated[
        list[Path] | None, typer.Option(help="A file of signed heads that you hold; may be given more than once")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that nothing was changed, removed, reordered or inserted; exit code 1 and a line for what was."""
    with explained():
        held = [each for path in head or () for each in _read(path)]

    async def work(runtime: Runtime) -> Verification:
        scope = await scope_of(runtime, slug, "live")
        return await verify_records(runtime.begin, scope, held=held, now=runtime.clock.now())

    found = over_runtime(work)
    if found.findings or as_json:
        show([_fault(each, found) for each in found.findings], FAULT_COLUMNS, as_json=as_json)
    for note in found.notes:
        typer.echo(f"Note: {note}.", err=True)
    typer.echo(_summary(found, held), err=True)
    if not found.is_whole:
        raise typer.Exit(1)


def _read(path: Path) -> Sequence[SignedHead]:
    try:
        return read_heads(path.read_text("utf-8"))
    except (NotAHead, OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: {error}") from None


def _fault(finding: Finding, found: Verification) -> dict[str, object]:
    told = finding.told(found.storefront_id)
    first, last = told.pop("first_position"), told.pop("last_position")
    return told | {"positions": first if first == last else f"{first}-{last}"}


def _summary(found: Verification, held: Sequence[SignedHead]) -> str:
    end = "no head yet" if found.head is None else f"head {found.head.head.sequence}"
    what = f"{found.size} sealed records ({found.pruned} pruned, {found.unsealed} waiting), {end}"
    if not found.is_whole:
        return f"NOT WHOLE: {sum(found.counts.values())} faults in {what}."
    beside = f", in agreement with {len(held)} held" if held else ""
    return f"Whole: {what}{beside}."


def heads(
    slug: Slug,
    *,
    limit: LimitOption = 100,
    cursor: Annotated[str | None, typer.Option(help="Where the last list ended")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="One signed head a line, to be kept elsewhere")] = False,
) -> None:
    """The signed heads, oldest first: keep them where nobody who can change the database can reach them."""

    async def work(runtime: Runtime) -> Page[SignedHead]:
        window = Window(limit=limit, after=decode_cursor(cursor) if cursor else None)
        async with runtime.begin.reading(await scope_of(runtime, slug, "live")) as tx:
            return await heads_page(tx, window)

    page = over_runtime(work)
    if lines:
        for signed in page.items:
            typer.echo(signed.line())
    else:
        show([dict(signed.head.told()) for signed in page.items], HEAD_COLUMNS, as_json=False)
    if page.next_cursor:
        typer.echo(f"More: --cursor {page.next_cursor}", err=True)


def prove(
    slug: Slug, record: Annotated[str, typer.Argument(help="Its id: rec_…")], *, mode: ModeOption = "live"
) -> None:
    """Print the proof that a record is under the newest head; `tidings records checker` checks it."""

    async def work(runtime: Runtime) -> InclusionProof:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return await prove_record(tx, parse("rec", record))

    typer.echo(json.dumps(over_runtime(work).told(), indent=2))


def seal() -> None:
    """Seal what is new, now; workers do it all the time."""

    async def work(runtime: Runtime) -> int:
        signer = signer_of(runtime.settings)
        if signer is None:
            raise NotConfigured("TIDINGS_RECORDS_KEYS is not set: `tidings records key` makes one")
        return await seal_all(runtime.begin, runtime.clock, signer)

    typer.echo(f"{over_runtime(work, role='worker')} records were sealed.")


def key() -> None:
    """Make a key for TIDINGS_RECORDS_KEYS: put it first there; the old one, behind it, endorses it."""
    typer.echo(new_signing_key())


def checker() -> None:
    """Print a script of one page that checks proofs: give it to your auditor; it needs Python and `cryptography`."""
    typer.echo(Path(check_record.__file__).read_text("utf-8"), nl=False)
