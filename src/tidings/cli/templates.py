"""`tidings templates`: the wording, looked at and looked over."""

from typing import Annotated, Literal

import typer

from tidings.cli import template_versions
from tidings.cli.asking import JsonOption
from tidings.cli.printing import show
from tidings.cli.running import Refused, explained
from tidings.storefronts.kinds import CHANNELS
from tidings.templates import lint as looking_over
from tidings.templates.catalogue import FILES
from tidings.templates.errors import Unrenderable
from tidings.templates.render import Templates
from tidings.templates.samples import SAMPLES
from tidings.templates.versions import stamp as add_versions

app = typer.Typer(
    no_args_is_help=True, help="The wording: list, preview, lint, stamp; a shop's own: versions, show, examine."
)
template_versions.add_to(app)


@app.command("list")
def list_all(*, as_json: JsonOption = False) -> None:
    """Every milestone's template: its version, and the languages that it is worded in."""
    templates = Templates.load()
    rows = [
        {"milestone": name, "version": templates.version(name), "locales": sorted(templates.locales(name))}
        for name in sorted(templates.milestones)
    ]
    show(rows, ("milestone", "version", "locales"), as_json=as_json)


@app.command()
def preview(
    milestone: Annotated[str, typer.Argument(help="As in `tidings templates list`")],
    *,
    channel: Annotated[Literal["email", "sms", "push", "voice"], typer.Option(help="How it is said")] = "email",
    locale: Annotated[str, typer.Option(help="In which language")] = "en",
    sample: Annotated[str, typer.Option(help=f"Of {', '.join(SAMPLES)}")] = "short",
    html: Annotated[bool, typer.Option("--html", help="The e-mail's HTML part instead of its text")] = False,
) -> None:
    """Print a template with a sample order in it."""
    with explained():
        if sample not in SAMPLES:
            raise Refused(f"there is no sample {sample!r}, only {', '.join(SAMPLES)}")
        try:
            shown = looking_over.preview(Templates.load(), milestone, channel, locale, sample)
        except Unrenderable as fault:
            raise Refused(str(fault)) from None
        if html:
            typer.echo(shown.html or "")
            return
        if shown.subject:
            typer.echo(f"{shown.subject}\n")
        typer.echo(shown.text)


@app.command()
def lint(
    *,
    locale: Annotated[list[str] | None, typer.Option(help="Only this language; may be given more than once")] = None,
) -> None:
    """Look over all wording: exit code 1 and a line per finding, if anything is wrong."""
    templates = Templates.load()
    with explained():
        if unknown := set(locale or ()) - templates.catalogue.labels.keys():
            raise Refused(f"there is no wording in {', '.join(sorted(unknown))}")
    findings = looking_over.lint(templates, locale or ())
    for finding in findings:
        typer.echo(str(finding), err=True)
    if findings:
        raise typer.Exit(1)
    typer.echo(f"All wording is complete, on {len(CHANNELS)} channels.")


@app.command()
def stamp() -> None:
    """Give every milestone whose files have changed its next version (in a checkout)."""
    changed = add_versions(FILES)
    typer.echo("\n".join(changed) if changed else "Nothing has changed.")
