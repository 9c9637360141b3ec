"""The page behind the link in a message: whoever has the link may rate the order, without an account.

Looking changes nothing, because mail scanners follow links, too; only what the form sends counts, and only once.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tidings.delivery.lookup import message_by_id
from tidings.feedback.buckets import Buckets
from tidings.feedback.give import GiveFeedback, feedback_of_order, give_feedback
from tidings.feedback.kinds import MOST_LETTERS, RATINGS
from tidings.feedback.link import PATH, FeedbackLinks, Followed
from tidings.feedback.page import Fault, Sheet, laid_out
from tidings.feedback.wording import Spoken, spoken
from tidings.kit.db import Tx
from tidings.kit.problem import NotFound
from tidings.kit.signed import LinkExpired, LinkInvalid
from tidings.kit.vault import VaultClosed
from tidings.kit.visitor import Languages
from tidings.orders.load import order_by_id
from tidings.storefronts.access import BeginDep, NowDep
from tidings.storefronts.shopbook import shop_rules

router = APIRouter(prefix=PATH.rstrip("/"), tags=["feedback"], include_in_schema=False)

_MOST_FIELDS: Final = 20
# What nobody can see; line breaks and tabs may stand.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class HasLinks(Protocol):
    """What the page needs of the running application."""

    @property
    def feedback_links(self) -> FeedbackLinks:
        """Reads links."""
        ...


@dataclass(frozen=True, slots=True)
class _Open:
    """A link that works, and whose page it opens."""

    followed: Followed
    sheet: Sheet
    is_rated: bool


@router.get("/{token}", response_class=HTMLResponse)
async def show(token: str, request: Request, begin: BeginDep, now: NowDep, languages: Languages) -> Response:
    """The form, or what is the case instead."""
    followed = _followed(token, request, now, spoken(*languages))
    if isinstance(followed, Response):
        return followed
    try:
        async with begin.reading(followed.scope) as tx:
            opened = await _opened(tx, followed)
    except NotFound:
        return _turned_away("invalid", spoken(*languages), 404)
    return _answer(_already(opened.sheet) if opened.is_rated else opened.sheet)


@router.post("/{token}", response_class=HTMLResponse)
async def take(token: str, request: Request, begin: BeginDep, now: NowDep, languages: Languages) -> Response:
    """What the form sends: kept once, for the first who sends it."""
    followed = _followed(token, request, now, spoken(*languages))
    if isinstance(followed, Response):
        return followed
    rating, comment = _form(await request.body())
    try:
        async with begin(followed.scope) as tx:
            sheet = (await _opened(tx, followed)).sheet
            fault = _fault(rating, comment, sheet.spoken)
            if rating is None or fault is not None:
                return _answer(_asked_again(sheet, rating, comment, fault), 422)
            is_first = await give_feedback(tx, GiveFeedback(followed, rating, comment or None), now=now)
    except NotFound:
        return _turned_away("invalid", spoken(*languages), 404)
    return _answer(_thanks(sheet)) if is_first else _answer(_already(sheet), 409)


def _followed(token: str, request: Request, now: datetime, visitor: Spoken) -> Followed | Response:
    """What the link stands for, or the page that says why it opens nothing."""
    links = cast("HasLinks", request.app.state.runtime).feedback_links
    try:
        followed = links.read(token, now=now)
    except LinkExpired as refusal:
        return _turned_away("expired", visitor, refusal.status)
    except (LinkInvalid, VaultClosed):
        return _turned_away("invalid", visitor, LinkInvalid.status)
    wait = cast("Buckets", request.app.state.feedback_buckets).take(followed.message_id)
    if wait is not None:
        return _turned_away("busy", visitor, 429, {"Retry-After": str(math.ceil(wait))})
    return followed


async def _opened(tx: Tx, followed: Followed) -> _Open:
    message = await message_by_id(tx, followed.message_id)
    order = await order_by_id(tx, message.order_id)
    shop = await shop_rules(tx, followed.scope.storefront_id)
    brand = shop.brand.get("color")
    sheet = Sheet(
        spoken=spoken(message.locale, shop.locale),
        heading="title",
        shop=shop.name,
        brand_color=brand if isinstance(brand, str) else None,
        number=order.row.number,
        asks=True,
    )
    return _Open(followed, sheet, await feedback_of_order(tx, order) is not None)


def _form(body: bytes) -> tuple[int | None, str]:
    """What was chosen and written, made fit to be kept."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        fields = {}
    rating = next((value for value in RATINGS if fields.get("rating") == [str(value)]), None)
    comment = fields.get("comment", [""])[0].replace("\r\n", "\n").replace("\r", "\n")
    return rating, _UNSEEN.sub("", unicodedata.normalize("NFC", comment)).strip()


def _fault(rating: int | None, comment: str, tongue: Spoken) -> Fault | None:
    if rating is None:
        return Fault(f"r{RATINGS[-1]}", tongue.words["missing"])
    if len(comment) > MOST_LETTERS:
        said = tongue.words["too_long"].replace("{count}", str(len(comment))).replace("{most}", str(MOST_LETTERS))
        return Fault("comment", said)
    return None


def _asked_again(sheet: Sheet, rating: int | None, comment: str, fault: Fault | None) -> Sheet:
    return Sheet(
        spoken=sheet.spoken,
        heading="title",
        shop=sheet.shop,
        brand_color=sheet.brand_color,
        number=sheet.number,
        asks=True,
        rating=rating,
        # So that nobody has to write it again; nor is a book sent back.
        comment=comment[: 2 * MOST_LETTERS],
        fault=fault,
    )


def _thanks(sheet: Sheet) -> Sheet:
    return _told(sheet, "thanks", "thanks_text")


def _already(sheet: Sheet) -> Sheet:
    return _told(sheet, "already", "already_text")


def _told(sheet: Sheet, heading: str, line: str) -> Sheet:
    return Sheet(
        spoken=sheet.spoken,
        heading=heading,
        lines=(line,),
        shop=sheet.shop,
        brand_color=sheet.brand_color,
        number=sheet.number,
    )


def _turned_away(what: str, visitor: Spoken, status: int, headers: dict[str, str] | None = None) -> Response:
    return _answer(Sheet(spoken=visitor, heading=what, lines=(f"{what}_text",)), status, headers)


def _answer(sheet: Sheet, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    page = laid_out(sheet)
    policy = {"Content-Security-Policy": page.policy, "Content-Language": sheet.spoken.locale}
    return HTMLResponse(page.html, status_code=status, headers={**policy, **(headers or {})})
