"""What Twilio reads out, in its markup: the text, in the right language and voice."""

import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from tidings.delivery.ports import Outgoing

# Language → what Twilio calls it, and a voice that speaks it.
_VOICES: Final[Mapping[str, tuple[str, str]]] = {
    "ar": ("arb", "Polly.Zeina"),
    "de": ("de-DE", "Polly.Vicki"),
    "de-AT": ("de-AT", "Polly.Hannah-Neural"),
    "en": ("en-US", "Polly.Joanna"),
    "en-AU": ("en-AU", "Polly.Nicole"),
    "en-GB": ("en-GB", "Polly.Amy"),
    "en-IN": ("en-IN", "Polly.Raveena"),
    "es": ("es-ES", "Polly.Lucia"),
    "es-MX": ("es-MX", "Polly.Mia"),
    "es-US": ("es-US", "Polly.Lupe"),
    "fr": ("fr-FR", "Polly.Lea"),
    "fr-CA": ("fr-CA", "Polly.Chantal"),
    "it": ("it-IT", "Polly.Bianca"),
    "ja": ("ja-JP", "Polly.Mizuki"),
    "nl": ("nl-NL", "Polly.Lotte"),
    "pl": ("pl-PL", "Polly.Ewa"),
    "pt": ("pt-PT", "Polly.Ines"),
    "pt-BR": ("pt-BR", "Polly.Camila"),
    "sv": ("sv-SE", "Polly.Astrid"),
}
_LAST_RESORT: Final = "en"

# Twilio takes no more markup than this in a call's own request.
LONGEST_MARKUP: Final = 4000

# What XML 1.0 has no way of saying.
_UNSAYABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def markup(outgoing: Outgoing, voices: Mapping[str, str]) -> str:
    """The whole script.

    Args:
        outgoing: the message; its text is in the language that its content names.
        voices: the connection's own voices, by language, in place of ours.
    """
    language, voice = spoken_by(spoken_language(outgoing), voices)
    said = escape(_UNSAYABLE.sub(" ", outgoing.content.text))
    attributes = f'language="{_quoted(language)}" voice="{_quoted(voice)}"'
    return f'<?xml version="1.0" encoding="UTF-8"?><Response><Say {attributes}>{said}</Say></Response>'


def spoken_language(outgoing: Outgoing) -> str:
    """What the text is in: the customer's own variety of it, unless it was worded in another language."""
    worded = outgoing.content.extras.get("language")
    if isinstance(worded, str) and _base(worded) != _base(outgoing.locale):
        return worded
    return outgoing.locale


def spoken_by(locale: str, voices: Mapping[str, str]) -> tuple[str, str]:
    """The language as Twilio calls it, and who speaks it: of this variety, else of the language, else English."""
    tag = locale.replace("_", "-")
    names = [tag, _base(tag), _LAST_RESORT]
    language, voice = next(_VOICES[name] for name in names if name in _VOICES)
    return language, next((voices[name] for name in names[:2] if name in voices), voice)


def _base(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()


def _quoted(value: str) -> str:
    return escape(value, {'"': "&quot;"})
