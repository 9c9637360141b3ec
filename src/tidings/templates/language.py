"""The language of one message: its words for things, its way of writing, its direction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidings.templates.cleaning import isolated, sentence
from tidings.templates.formats import Formats


@dataclass(frozen=True, slots=True)
class Labels:
    """What `files/labels/<locale>.toml` holds."""

    # Headings and shared words, by name.
    text: Mapping[str, str]
    # Words that change with a number, by name and by CLDR's plural category.
    counted: Mapping[str, Mapping[str, str]]
    # What an incomplete order may lack, by pointer (`*` for any index).
    missing: Mapping[str, str]
    # Words for what is told by a code: by group and code (GROUPS in catalogue.py).
    groups: Mapping[str, Mapping[str, str]]
    # How text messages write a day, where the usual way needs letters outside GSM-7.
    sms_date: str | None
    # Whether text messages in this language can do with GSM-7.
    gsm7: bool
    # Letters outside GSM-7 and what text messages write in their place, where shops do so; as str.translate takes it.
    plain: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Labels of a locale that has wording, and the formats of the customer's own variety of it.

    Made once and kept; compared by identity, so that what is made for it can be kept too.
    """

    locale: str
    labels: Labels
    formats: Formats

    def label(self, name: str, /, **filled: str) -> str:
        """A label with its gaps filled in: `label("greeting", name=…)`."""
        found = self.labels.text[name]
        for gap, value in filled.items():
            found = found.replace(f"{{{gap}}}", value)
        return found

    def counted(self, name: str, number: int) -> str:
        """`3 more`, `noch 1`."""
        forms = self.labels.counted[name]
        form = forms.get(self.formats.plural(number)) or forms["other"]
        return form.replace("{n}", str(number))

    def known(self, group: str, code: str) -> str:
        """Our word for a code, or nothing."""
        return self.labels.groups[group].get(code, "")

    def word(self, group: str, code: str) -> str:
        """Our word for a code, or the group's word for all others."""
        return self.known(group, code) or self.labels.groups[group]["other"]

    def sentence(self, text: str) -> str:
        """What somebody typed, with the full stop of this language if it has none."""
        return sentence(text, self.labels.text["stop"])

    def plain(self, text: str) -> str:
        """The text without the accents that text messages in this language leave out."""
        return text.translate(self.labels.plain) if self.labels.plain else text

    def isolated(self, text: str) -> str:
        """Something from outside, ready to stand in a sentence of this language."""
        return isolated(text, right_to_left=self.formats.right_to_left)

    def missing(self, pointer: str) -> str:
        """What the customer would call the part of the order that a pointer points at."""
        steps = ["*" if step.isdigit() else step for step in pointer.split("/")]
        while len(steps) > 1:
            found = self.labels.missing.get("/".join(steps))
            if found is not None:
                return found
            steps.pop()
        return self.labels.missing[""]
