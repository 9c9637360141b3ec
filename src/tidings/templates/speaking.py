"""The four ways of saying it: each channel makes its own of the same names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidings.storefronts.kinds import Channel
from tidings.templates import reading, segments
from tidings.templates.brevity import PLENTY, ROOMS, fitting, phrases, wordings
from tidings.templates.cleaning import shortened
from tidings.templates.compiling import Names, Piece, Scene, compile_words
from tidings.templates.letterhead import spelled
from tidings.templates.markup import described
from tidings.templates.messages import RenderRequest
from tidings.templates.sections.material import MAX_NUMBER, Material
from tidings.templates.sections.ordered import placed_at

MAX_TITLE: Final = 65
MAX_BODY: Final = 240
_TIMES: Final = " \N{MULTIPLICATION SIGN} "
# About a minute of speech.
MAX_SPOKEN: Final = 900

_BLANK_LINES = re.compile(r"\n{3,}")
# Not single spaces: they are many, and right as they are. Nor no-break spaces.
_GAPS = re.compile(r"[ \t]*[\r\n][ \t\r\n]*|[ \t]{2,}")


_NOTHING: Final = compile_words("", "")


@dataclass(frozen=True, slots=True)
class Pieces:
    """One milestone's wording for one channel in one language, compiled."""

    fields: Mapping[str, Piece]
    paragraphs: tuple[Piece, ...] = ()
    # E-mail only: the layouts with this milestone's blocks.
    text: Piece = _NOTHING
    html: Piece = _NOTHING
    markup: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What one channel made of it."""

    text: str
    subject: str | None = None
    html: str | None = None
    extras: Mapping[str, Any] | None = None


def say_email(pieces: Pieces, material: Material, request: RenderRequest) -> Said:
    """Subject, a text part with everything in it, and the HTML part."""
    names: Names = material.names | phrases(material, PLENTY, _TIMES)
    scene = Scene(names)
    subject = _one_line(pieces.fields["subject"](scene))
    names["subject"] = subject
    names["preheader"] = _one_line(pieces.fields["preheader"](scene))
    names["heading"] = _one_line(pieces.fields["heading"](scene))
    names["paragraphs"] = [said for piece in pieces.paragraphs if (said := _one_line(piece(scene)))]
    names["markup"] = described(pieces.markup, material, request.shop) if pieces.markup else ""
    text = _BLANK_LINES.sub("\n\n", pieces.text(scene)).strip() + "\n"
    return Said(text, subject, pieces.html(scene))


def say_sms(pieces: Pieces, material: Material, _request: RenderRequest) -> Said:
    """One text in as few segments as it takes, and never more than are sent."""
    for text in texts(pieces, material):
        found = segments.count(text)
        if found.is_sent:
            break
    else:
        text = segments.cut(text)
        found = segments.count(text)
    return Said(text, extras={"encoding": found.encoding, "segments": found.segments})


def texts(pieces: Pieces, material: Material) -> Iterator[str]:
    """What a text message says, ever shorter."""
    prefix = f"[{banner}] " if (banner := material.names["banner"]) else ""
    letters = material.language.labels.plain

    def say(names: Names) -> str:
        return segments.fold(prefix + _ended(pieces.fields["text"](Scene(names)).strip()), letters)

    return wordings(material, "x ", say)


def say_push(pieces: Pieces, material: Material, request: RenderRequest) -> Said:
    """A title and a body that a lock screen has room for."""
    prefix = f"[{banner}] " if (banner := material.names["banner"]) else ""

    def say(names: Names) -> str:
        return prefix + _one_line(pieces.fields["body"](Scene(names)))

    body = fitting(wordings(material, _TIMES, say), MAX_BODY)
    title = _one_line(pieces.fields["title"](Scene(material.names | phrases(material, ROOMS[-1], _TIMES))))
    order_id = reading.maybe_text(material.order, "id", "/order", MAX_NUMBER)
    data = {"order_id": order_id, "milestone": request.milestone}
    if documents_url := material.names["documents_url"]:
        data["documents_url"] = documents_url
    return Said(shortened(body, MAX_BODY), shortened(title, MAX_TITLE), extras={"data": data})


def say_voice(pieces: Pieces, material: Material, _request: RenderRequest) -> Said:
    """A script to be read out: numbers spelled, sums in words."""
    names = material.names
    names["number_spoken"] = spelled(reading.text(material.order, "number", "/order", MAX_NUMBER))
    if "placed" in names:
        at = placed_at(material.order)
        names["placed_spoken"] = material.language.formats.spoken_instant(at, material.zone)
    if "total" in names:
        total = reading.money(material.order, "total", "/order")
        names["total_spoken"] = material.language.formats.spoken_money(*total)
    prefix = f"{banner}. " if (banner := names["banner"]) else ""

    def say(names: Names) -> str:
        return prefix + _one_line(pieces.fields["text"](Scene(names)))

    text = fitting(wordings(material, " ", say, ROOMS[1:]), MAX_SPOKEN)
    return Said(shortened(text, MAX_SPOKEN))


SAY: Final[Mapping[Channel, Callable[[Pieces, Material, RenderRequest], Said]]] = {
    "email": say_email,
    "sms": say_sms,
    "push": say_push,
    "voice": say_voice,
}


def _one_line(text: str) -> str:
    return _ended(_GAPS.sub(" ", text).strip(" \r\n"))


def _ended(text: str) -> str:
    """What was cut short has its full stop."""
    return text.replace("….", "…").replace("…。", "…")
