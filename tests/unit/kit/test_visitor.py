"""What a browser says of itself, and what anybody may write there."""

import pytest

from tidings.kit.visitor import is_browser, visitor_languages


@pytest.mark.parametrize(
    ("field", "languages"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", ["de-AT", "de", "en"]),
        ("*", []),
        ("", []),
        (None, []),
        (", ".join(["en"] * 99), ["en"] * 10),
    ],
)
async def test_languages_come_as_the_browser_names_them(field: str | None, languages: list[str]) -> None:
    assert await visitor_languages(field) == languages


@pytest.mark.parametrize(
    ("field", "is_one"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("Text/HTML", True),
        ("*/*", False),
        ("application/json", False),
        (None, False),
    ],
)
async def test_a_browser_asks_for_pages_by_name(field: str | None, *, is_one: bool) -> None:
    assert await is_browser(field) is is_one
