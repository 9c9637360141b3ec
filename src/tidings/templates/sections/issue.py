"""An exception: what is wrong with the order, what comes next, and how it ended."""

from tidings.templates import reading
from tidings.templates.sections.material import Material


def issue(material: Material) -> None:
    """As staff worded it, or else in our own words for its kind."""
    given, language = material.part("issue"), material.language
    kind = reading.text(given, "kind", "/issue", 60)
    material.texts.update(
        issue_details=material.typed(given, "details", "/issue", language.word("issue", kind)),
        next_steps=material.typed(given, "next_steps", "/issue", language.word("next_steps", kind)),
        resolution=material.typed(given, "resolution", "/issue"),
    )
