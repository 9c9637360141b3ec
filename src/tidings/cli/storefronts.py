"""`tidings storefronts`: opens shops, shows and changes them."""

import json
import sys
from typing import Annotated, Any

import typer

from tidings.bootstrap import Runtime
from tidings.cli.asking import COMMAND_LINE, ActorOption, JsonOption, Slug, checked, made, scope_of
from tidings.cli.printing import document, show
from tidings.cli.running import Refused, over_runtime
from tidings.kit.fields import Label
from tidings.kit.shape import Shape
from tidings.storefronts.change import change_storefront
from tidings.storefronts.open import OpenStorefront, open_storefront
from tidings.storefronts.queries import all_storefronts, storefront
from tidings.storefronts.schemas import (
    Contact,
    CurrencyCode,
    LocaleTag,
    Storefront,
    StorefrontChange,
    ZoneName,
)  # fmt: skip
from tidings.storefronts.views import storefront_of

SlugText = Annotated[
    str, Shape(r"^[a-z][a-z0-9-]{1,39}$", "takes 2 to 40 small letters, digits and hyphens, a letter first")
]

app = typer.Typer(no_args_is_help=True, help="Shops: open, list, show, change.")


@app.command("list")
def list_all(*, as_json: JsonOption = False) -> None:
    """All storefronts."""

    async def work(runtime: Runtime) -> list[Storefront]:
        async with runtime.begin.reading(None) as tx:
            return [storefront_of(row) for row in await all_storefronts(tx)]

    show(over_runtime(work), ("slug", "name", "locale", "time_zone", "currency", "id"), as_json=as_json)


@app.command("show")
def show_one(slug: Slug) -> None:
    """Everything about one."""

    async def work(runtime: Runtime) -> Storefront:
        async with runtime.begin.reading(await scope_of(runtime, slug, "live")) as tx:
            return storefront_of(await storefront(tx))

    document(over_runtime(work))


@app.command("open")
def open_one(  # noqa: PLR0913 - a command's arguments are its form
    slug: Annotated[str, typer.Argument(help="Its name in commands: small letters, digits, -")],
    name: Annotated[str, typer.Option(help="As customers know it")],
    *,
    locale: Annotated[str, typer.Option(help="The language of its messages, when the customer has no other")] = "en",
    time_zone: Annotated[str, typer.Option(help="IANA name")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217")] = "EUR",
    email: Annotated[str | None, typer.Option(help="Where customers ask")] = None,
    phone: Annotated[str | None, typer.Option(help="Where customers ask")] = None,
    actor: ActorOption = COMMAND_LINE,
) -> None:
    """Open a storefront. `tidings keys issue` gives it a key; the rest is changed with `tidings storefronts change`."""

    async def work(runtime: Runtime) -> Storefront:
        command = OpenStorefront(
            slug=checked(SlugText, "slug", slug),
            name=checked(Label, "name", name),
            locale=checked(LocaleTag, "locale", locale),
            time_zone=checked(ZoneName, "time_zone", time_zone),
            currency=checked(CurrencyCode, "currency", currency),
            contact=made(Contact, email=email, phone=phone),
        )
        async with runtime.begin.across() as tx:
            return storefront_of(await open_storefront(tx, command, actor=actor, now=runtime.clock.now()))

    document(over_runtime(work))


@app.command("change")
def change(slug: Slug, actor: ActorOption = COMMAND_LINE) -> None:
    """Change one: reads from standard input the JSON that PATCH /v1/storefront takes."""

    async def work(runtime: Runtime) -> Storefront:
        wanted = made(StorefrontChange, **_object(sys.stdin.read()))
        async with runtime.begin(await scope_of(runtime, slug, "live")) as tx:
            return storefront_of(await change_storefront(tx, wanted, actor=actor, now=runtime.clock.now()))

    document(over_runtime(work))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Refused(f"standard input is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Refused("standard input is not a JSON object")
    return found
