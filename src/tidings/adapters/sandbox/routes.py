"""The inbox page and its JSON, for `tidings dev` only: there is no login, and everybody's messages lie there."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any, cast
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import StringConstraints

from tidings.adapters.sandbox.act import REPORTS, repeat_last, reply, report
from tidings.adapters.sandbox.fates import Word
from tidings.adapters.sandbox.page import entry_of, json_of, segments_of, source_of, templates
from tidings.adapters.sandbox.queries import Filter, Letter, enclosed, letter, letters
from tidings.adapters.sandbox.sample import sample_text
from tidings.adapters.wording import storable
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.kit.scope import Scope

_SHOWN = 100
_LONGEST_REPLY = 1600
_MOST_BYTES = 16_384
_VIEWS = ("html", "text", "raw")
_ASSETS = {"inbox.css": "text/css", "inbox.js": "text/javascript"}

_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}
_PAGE = _SAFE | {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
# A mail is somebody else's page: it runs nothing, knows nothing of ours, and its links open elsewhere.
_MAIL = _SAFE | {
    "content-security-policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src data: https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

Words = Annotated[str | None, StringConstraints(max_length=320), Query()]


def inbox_router(begin: Begin, clock: Clock) -> APIRouter:
    """The page, to be mounted under `tidings dev` and nowhere else."""
    inbox = Inbox(begin, clock)
    router = APIRouter(prefix="/sandbox", include_in_schema=False)
    router.add_api_route("", inbox.show_list, response_class=HTMLResponse)
    router.add_api_route("/assets/{name}", asset)
    router.add_api_route("/messages", inbox.list_messages)
    router.add_api_route("/messages/{message_id}", inbox.get_message)
    own = [Depends(from_own_page)]
    router.add_api_route("/messages/{message_id}/replies", inbox.reply, methods=["POST"], dependencies=own)
    router.add_api_route("/messages/{message_id}/events", inbox.report, methods=["POST"], dependencies=own)
    router.add_api_route("/{message_id}", inbox.show_message, response_class=HTMLResponse)
    router.add_api_route("/{message_id}/html", inbox.show_mail, response_class=HTMLResponse)
    router.add_api_route("/{message_id}/attachments/{place}", inbox.get_attachment)
    return router


def from_own_page(request: Request) -> None:
    """Refuse what another site, open in the same browser, posts; scripts send no such header."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise _fault("/header/sec-fetch-site", "must be same-origin: another site may not act here")


async def asset(name: str) -> Response:
    """The page's own style and script."""
    if name not in _ASSETS:
        raise NotFound
    text = files("tidings.adapters.sandbox").joinpath("pages", name).read_text("utf-8")
    return Response(text, media_type=_ASSETS[name], headers=_SAFE)


class Inbox:
    """The handlers: each reads in one transaction, and whoever acts writes in another."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def show_list(
        self, request: Request, channel: Words = None, to: Words = None, order: Words = None
    ) -> Response:
        """All messages, newest first, or those that fit the filter."""
        wanted = _filter(channel, to, order)
        found = await self._letters(wanted)
        now = self._clock.now()
        return _page(
            "list.html",
            entries=[entry_of(each, now) for each in found[:_SHOWN]],
            is_cut=len(found) > _SHOWN,
            wanted=wanted,
            link=lambda **changes: _link({"channel": channel, "to": to, "order": order} | changes),
            host=request.headers.get("host", "127.0.0.1:8080"),
            sample=sample_text(now),
        )

    async def show_message(self, message_id: str, view: str = "html") -> Response:
        """One message, what became of it, and what can be done about it."""
        found = await self._letter(message_id)
        if found is None:
            return _page("missing.html", status=404)
        message = found.message
        views = _VIEWS if message.html is not None else _VIEWS[1:]
        return _page(
            "message.html",
            entry=entry_of(found, self._clock.now()),
            message=message,
            views=views,
            view=view if view in views else views[0],
            source=source_of(message) if view == "raw" else "",
            segments=segments_of(message),
            enclosures=found.enclosures,
            extras=json.dumps(message.extras, indent=2, ensure_ascii=False),
        )

    async def show_mail(self, message_id: str) -> Response:
        """An e-mail's HTML as it was sent, in a cage."""
        found = await self._letter(message_id)
        if found is None or found.message.html is None:
            return _page("missing.html", status=404)
        return HTMLResponse(found.message.html, headers=_MAIL)

    async def get_attachment(self, message_id: str, place: int) -> Response:
        """A file that came with a message, to be kept: nothing of it runs here."""
        attempt_id = parse("att", message_id)
        if attempt_id is None or not 0 <= place < _SHOWN:
            raise NotFound
        async with self._begin.reading(None) as tx:
            found = await enclosed(tx, attempt_id, place)
        if found is None:
            raise NotFound
        headers = {**_SAFE, "content-disposition": f'attachment; filename="{storable(found.name)}"'}
        return Response(found.content, media_type=found.media_type, headers=headers)

    async def list_messages(self, channel: Words = None, to: Words = None, order: Words = None) -> Response:
        """The same list for scripts."""
        found = await self._letters(_filter(channel, to, order))
        return JSONResponse({"items": [json_of(each) for each in found[:_SHOWN]]}, headers=_SAFE)

    async def get_message(self, message_id: str) -> Response:
        """One message for scripts."""
        return JSONResponse(json_of(await self._known(message_id)), headers=_SAFE)

    async def reply(self, message_id: str, request: Request) -> Response:
        """Answer as the customer: `text=STOP` opts out."""
        text = storable((await _fields(request)).get("text", "")).strip()
        if not text or len(text) > _LONGEST_REPLY:
            raise _fault("/text", f"must have between 1 and {_LONGEST_REPLY} letters")
        found = await self._known(message_id)
        async with self._begin(_scope(found)) as tx:
            await reply(tx, found, text, now=self._clock.now())
        return await self._done(request, message_id)

    async def report(self, message_id: str, request: Request) -> Response:
        """Let it bounce, be called spam, or its last callback be sent again: `type=hard_bounce`, `…=repeat`."""
        word = (await _fields(request)).get("type", "")
        found = await self._known(message_id)
        allowed = REPORTS[found.message.channel]
        if word not in {*allowed, "repeat"}:
            raise _fault("/type", f"must be one of {', '.join(allowed)}, repeat")
        async with self._begin(_scope(found)) as tx:
            if word != "repeat":
                await report(tx, found, cast("Word", word), now=self._clock.now())
            elif not await repeat_last(tx, found, now=self._clock.now()):
                raise _fault("/type", "no callback of this message has been posted yet")
        return await self._done(request, message_id)

    async def _done(self, request: Request, message_id: str) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/sandbox/{message_id}", status_code=303)
        return JSONResponse(json_of(await self._known(message_id)), status_code=202, headers=_SAFE)

    async def _letters(self, wanted: Filter) -> list[Letter]:
        async with self._begin.reading(None) as tx:
            return await letters(tx, wanted, _SHOWN + 1)

    async def _letter(self, message_id: str) -> Letter | None:
        attempt_id = parse("att", message_id)
        if attempt_id is None:
            return None
        async with self._begin.reading(None) as tx:
            return await letter(tx, attempt_id)

    async def _known(self, message_id: str) -> Letter:
        found = await self._letter(message_id)
        if found is None:
            raise NotFound
        return found


def _filter(channel: str | None, to: str | None, order: str | None) -> Filter:
    """Blank fields of the form filter nothing; a plus that arrived as a blank was a telephone number's."""
    to = to.replace("\0", "") if to else None
    phone = to is not None and to.startswith(" ") and to.strip().isdigit()
    return Filter(channel or None, f"+{to.strip()}" if to and phone else to, order or None)


def _link(parameters: Mapping[str, str | None]) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"/sandbox?{query}" if query else "/sandbox"


def _page(template: str, *, status: int = 200, **values: Any) -> Response:
    return HTMLResponse(templates.get_template(template).render(**values), status_code=status, headers=_PAGE)


def _scope(found: Letter) -> Scope:
    return Scope(found.message.storefront_id, "live" if found.message.mode == "live" else "test")


def _fault(pointer: str, detail: str) -> InvalidInput:
    return InvalidInput(faults=[Fault(pointer, detail)])


async def _fields(request: Request) -> dict[str, str]:
    """A small form, or a small JSON object of strings."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise _fault("", f"is longer than {_MOST_BYTES} bytes")
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(bytes(body))
            return {name: value for name, value in given.items() if isinstance(value, str)}
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except (ValueError, AttributeError, RecursionError) as error:
        raise _fault("", "is neither a form nor a JSON object") from error
