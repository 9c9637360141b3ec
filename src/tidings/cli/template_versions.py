"""`tidings templates versions|show|examine`: a shop's own wording, in the database."""

from typing import Annotated

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import JsonOption, LimitOption, ModeOption, Slug, scope_of
from tidings.cli.printing import document, show
from tidings.cli.running import over_runtime
from tidings.kit.ids import parse
from tidings.kit.page import Window
from tidings.templates.checks.examine import Report
from tidings.templates.stored.load import version_by_id, version_of
from tidings.templates.stored.queries import TemplateFilter, versions_page
from tidings.templates.stored.schemas import TemplateVersion, TemplateWhole
from tidings.templates.stored.told import whole_told

COLUMNS = ("id", "milestone", "version", "status", "authors", "approved_by", "published_at")

TemplateArgument = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Its id: tpl_…")]


def versions(slug: Slug, *, mode: ModeOption = "live", limit: LimitOption = 200, as_json: JsonOption = False) -> None:
    """A storefront's own versions, the newest first."""

    async def work(runtime: Runtime) -> list[TemplateVersion]:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            page = await versions_page(tx, TemplateFilter(origin="shop"), Window(limit=limit), runtime.templates)
            return list(page.items)

    show(over_runtime(work), COLUMNS, as_json=as_json)


def show_version(slug: Slug, template: TemplateArgument, *, mode: ModeOption = "live") -> None:
    """One version with its words."""

    async def work(runtime: Runtime) -> TemplateWhole:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            return whole_told(await version_by_id(tx, parse("tpl", template)))

    document(over_runtime(work))


def examine(slug: Slug, template: TemplateArgument, *, mode: ModeOption = "live") -> None:
    """Look a version over as at its submission: exit code 1 and a line per fault, if anything is wrong."""

    async def work(runtime: Runtime) -> Report:
        async with runtime.begin.reading(await scope_of(runtime, slug, mode)) as tx:
            version = version_of(await version_by_id(tx, parse("tpl", template)))
        return await runtime.workshop.examine(version)

    report = over_runtime(work)
    for kind, flaws in (("fault", report.faults), ("warning", report.warnings)):
        for flaw in flaws:
            typer.echo(f"{kind}: {flaw.pointer}: {flaw.detail}", err=True)
    if report.faults:
        raise typer.Exit(1)
    typer.echo("It is sound.")


def add_to(app: typer.Typer) -> None:
    """Put these commands among those about the wording in files."""
    app.command("versions")(versions)
    app.command("show")(show_version)
    app.command("examine")(examine)
