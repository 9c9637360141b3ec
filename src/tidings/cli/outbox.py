"""`tidings outbox`: what waits, what is dead, and what becomes of it."""

from typing import Annotated, Any

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import (
    COMMAND_LINE,
    ActorOption,
    JsonOption,
    LimitOption,
    ModeOption,
    Slug,
    scope_of,
)
from tidings.cli.printing import show
from tidings.cli.running import Refused, over_runtime
from tidings.delivery.affected import MessageKey
from tidings.delivery.chores import KINDS as DEAD_KINDS
from tidings.delivery.drop import DropMessages, drop_messages
from tidings.delivery.lookup import message_by_id
from tidings.delivery.replay import ReplayMessages, replay_messages
from tidings.kit.db import Tx
from tidings.kit.ids import parse, wire
from tidings.kit.page import Window
from tidings.outbox.depth import depth as depth_of
from tidings.outbox.resume import parked_errands, resume_errands
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.queries import TaskFilter, tasks_page

app = typer.Typer(no_args_is_help=True, help="What waits and what is dead: depth, list, retry, drop; parked, resume.")

Messages = Annotated[list[str] | None, typer.Argument(metavar="MESSAGE…", help="Ids: msg_…")]
AllOption = Annotated[bool, typer.Option("--all", help="All that are listed")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Recorded with it")]

DEAD_COLUMNS = ("message", "kind", "milestone", "channel", "status", "order", "since", "reason")


@app.command()
def depth(*, as_json: JsonOption = False) -> None:
    """How much waits, by channel and state, and since when."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        async with runtime.begin.across() as tx:
            found = await depth_of(tx)
        return [
            {
                "channel": channel,
                "state": state,
                "messages": rows,
                "oldest_seconds": round(found.oldest_seconds[channel], 1) if state == "due" else None,
            }
            for (channel, state), rows in sorted(found.rows.items())
        ]

    show(over_runtime(work), ("channel", "state", "messages", "oldest_seconds"), as_json=as_json)


@app.command("list")
def list_dead(slug: Slug, *, mode: ModeOption = "live", limit: LimitOption = 200, as_json: JsonOption = False) -> None:
    """The dead letters that nobody has decided about: failed, unrenderable, parked."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return await _dead(tx, limit)

    show(over_runtime(work), DEAD_COLUMNS, as_json=as_json)


@app.command()
def retry(
    slug: Slug,
    messages: Messages = None,
    *,
    everything: AllOption = False,
    mode: ModeOption = "live",
    reason: ReasonOption = None,
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Let dead letters go once more, from the first channel of their plan."""

    async def work(runtime: Runtime) -> int:
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            keys = await _keys(tx, messages, everything=everything)
            return await replay_messages(tx, ReplayMessages(keys, actor, reason), now=runtime.clock.now())

    typer.echo(f"Back in the outbox: {over_runtime(work)}.")


@app.command()
def drop(
    slug: Slug,
    messages: Messages = None,
    *,
    everything: AllOption = False,
    mode: ModeOption = "live",
    reason: ReasonOption = None,
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Give dead letters up, and close their tasks."""

    async def work(runtime: Runtime) -> int:
        async with runtime.begin(await scope_of(runtime, slug, mode)) as tx:
            keys = await _keys(tx, messages, everything=everything)
            return await drop_messages(tx, DropMessages(keys, actor, reason), now=runtime.clock.now())

    typer.echo(f"Given up: {over_runtime(work)}.")


@app.command()
def parked(slug: Slug, *, mode: ModeOption = "live", as_json: JsonOption = False) -> None:
    """What the machine must do beside sending, and has tried in vain too often."""

    async def work(runtime: Runtime) -> list[dict[str, Any]]:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return [
                {"errand": one.kind, "about": one.subject, "order": wire("ord", one.order_id), "tries": one.tries}
                for one in await parked_errands(tx)
            ]

    show(over_runtime(work), ("errand", "about", "order", "tries"), as_json=as_json)


@app.command()
def resume(slug: Slug, *, mode: ModeOption = "live", actor: ActorOption = COMMAND_LINE) -> None:
    """Let all that is parked be tried again, and close the tasks to look at it."""

    async def work(runtime: Runtime) -> int:
        scope = await scope_of(runtime, slug, mode)
        async with runtime.begin(scope) as tx:
            resumed = await resume_errands(tx, runtime.clock.now())
            causes = [Cause(scope.storefront_id, scope.mode, "errand_parked", one.cause) for one in resumed]
            await drop_tasks(tx, causes, why=f"tried again by {actor}", now=runtime.clock.now())
            return len(resumed)

    typer.echo(f"To be tried again: {over_runtime(work)}.")


async def _dead(tx: Tx, limit: int) -> list[dict[str, Any]]:
    found = []
    for kind in DEAD_KINDS:
        for task in (await tasks_page(tx, TaskFilter(status="open", kind=kind), Window(limit=limit))).items:
            message = await message_by_id(tx, parse("msg", task.data["message"]))
            found.append(
                {
                    "message": wire("msg", message.id),
                    "kind": kind.removeprefix("message_"),
                    "milestone": message.milestone,
                    "channel": message.channel,
                    "status": message.status,
                    "order": wire("ord", message.order_id),
                    "since": task.opened_at.isoformat(timespec="seconds"),
                    "reason": message.reason,
                }
            )
    return found[:limit]


async def _keys(tx: Tx, messages: list[str] | None, *, everything: bool) -> list[MessageKey]:
    """The messages that are meant.

    Raises:
        Refused: none is named, or all and some.
        NotFound: one of them is not this storefront's, in this mode.
    """
    if bool(messages) == everything:
        raise Refused("name messages (msg_…), or say --all")
    wanted = messages or [dead["message"] for dead in await _dead(tx, 200)]
    rows = [await message_by_id(tx, parse("msg", message)) for message in wanted]
    return [MessageKey(row.storefront_id, row.order_id, row.id) for row in rows]
