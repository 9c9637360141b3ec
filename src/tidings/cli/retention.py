"""`tidings retention`: how long what is kept, and a round of it by hand."""

from typing import Any

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import COMMAND_LINE, JsonOption, LimitOption, ModeOption, Slug, scope_of
from tidings.cli.printing import show
from tidings.cli.running import over_runtime
from tidings.kit.page import Window
from tidings.retention.kept import by_the_shops_clock, terms_in_force
from tidings.retention.queries import rounds_page
from tidings.retention.run import run_retention
from tidings.retention.schemas import round_of
from tidings.storefronts.terms import kept_since

app = typer.Typer(no_args_is_help=True, help="How long what is kept: show, run, rounds.")

ROUND_COLUMNS = ("id", "started_at", "finished_at", "started_by", "outcome")


@app.command("show")
def show_terms(slug: Slug, *, mode: ModeOption = "live", as_json: JsonOption = False) -> None:
    """The terms in force, and what they go back to."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        scope, now = await scope_of(runtime, slug, mode), runtime.clock.now()
        async with runtime.begin.reading(scope) as tx:
            terms = await terms_in_force(tx, scope.storefront_id)
            local = await by_the_shops_clock(tx, scope.storefront_id, now)
        return [
            {
                "kind": kind,
                "months": term.months,
                "least": term.least,
                "before": kept_since(kind, term.months, local).date().isoformat(),
                "why": term.why,
            }
            for kind, term in terms.items()
        ]

    show(over_runtime(work), ("kind", "months", "least", "before", "why"), as_json=as_json)


@app.command("run")
def run_round(slug: Slug, *, mode: ModeOption = "live", as_json: JsonOption = False) -> None:
    """Take away now what has been kept long enough; needs TIDINGS_DATABASE_RETENTION_URL."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        scope, now = await scope_of(runtime, slug, mode), runtime.clock.now()
        await run_retention(runtime.retention, scope, runtime.map, actor=COMMAND_LINE, now=now)
        return await _rounds(runtime, slug, mode, 1)

    show(over_runtime(work), ROUND_COLUMNS, as_json=as_json)


@app.command("rounds")
def list_rounds(slug: Slug, *, mode: ModeOption = "live", limit: LimitOption = 10, as_json: JsonOption = False) -> None:
    """The last rounds, the newest first: how much went of what."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        return await _rounds(runtime, slug, mode, limit)

    show(over_runtime(work), ROUND_COLUMNS, as_json=as_json)


async def _rounds(runtime: Runtime, slug: str, mode: Any, limit: int) -> list[dict[str, Any]]:
    async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
        page = await rounds_page(tx, Window(limit=limit))
    return [round_of(row).model_dump(mode="json") for row in page.items]
