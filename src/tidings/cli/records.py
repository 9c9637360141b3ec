"""`tidings records`: the audit trail."""

import json
from typing import Annotated, Any

import typer

from tidings.bootstrap import Runtime
from tidings.cli import seals
from tidings.cli.asking import JsonOption, LimitOption, ModeOption, Slug, scope_of
from tidings.cli.printing import show
from tidings.cli.running import Refused, over_runtime
from tidings.kit.ids import parse, wire
from tidings.kit.page import Page, Window, decode_cursor
from tidings.records.read import Recorded, RecordFilter, records_after

app = typer.Typer(no_args_is_help=True, help="The audit trail: list, verify, prove, checker; heads, seal, key.")

COLUMNS = ("at", "kind", "actor", "subject", "data", "words")

for command in (seals.verify, seals.heads, seals.prove, seals.seal, seals.key, seals.checker):
    app.command()(command)


@app.command("list")
def list_all(  # noqa: PLR0913 - a command's arguments are its form
    slug: Slug,
    *,
    mode: ModeOption = "live",
    order: Annotated[str | None, typer.Option(help="About one order: ord_…")] = None,
    subject: Annotated[str | None, typer.Option(help="About one thing: msg_…, con_…, key_…")] = None,
    kind: Annotated[str | None, typer.Option(help="Of one kind: order.placed, key.created …")] = None,
    by: Annotated[str | None, typer.Option(help="What one actor did")] = None,
    limit: LimitOption = 100,
    cursor: Annotated[str | None, typer.Option(help="Where the last list ended")] = None,
    as_json: JsonOption = False,
) -> None:
    """Who did what, when and why: oldest first, and nothing is missed."""
    order_id = parse("ord", order) if order else None

    async def work(runtime: Runtime) -> Page[Recorded]:
        if order and order_id is None:
            raise Refused(f"{order!r} is no order's id (ord_…)")
        asked = RecordFilter(order_id=order_id, subject=subject, kind=kind, actor=by)
        window = Window(limit=limit, after=decode_cursor(cursor) if cursor else None)
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return await records_after(tx, asked, window)

    page = over_runtime(work)
    show([_shown(record) for record in page.items], COLUMNS, as_json=as_json)
    if page.next_cursor:
        typer.echo(f"More: --cursor {page.next_cursor}", err=True)


def _shown(record: Recorded) -> dict[str, Any]:
    return {
        "id": wire("rec", record.id),
        "order_id": None if record.order_id is None else wire("ord", record.order_id),
        "mode": record.mode,
        "kind": record.kind,
        "subject": record.subject,
        "actor": record.actor,
        "at": record.at.isoformat(),
        "data": json.loads(record.data),
        "words": {} if record.words is None else json.loads(record.words),
        "salt": record.salt,
        "number": record.number,
        "position": record.position,
    }
