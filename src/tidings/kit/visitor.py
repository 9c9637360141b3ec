"""What is known of a visitor whom nobody knows: which languages the browser asks for, and whether it is one."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MOST_LANGUAGES: Final = 10


async def visitor_languages(
    accept_language: Annotated[str | None, Header(include_in_schema=False, alias="Accept-Language")] = None,
) -> list[str]:
    """What the visitor's browser speaks: asked only where nobody knows which customer it is."""
    return _LANGUAGE.findall(accept_language or "")[:_MOST_LANGUAGES]


async def is_browser(
    accept: Annotated[str | None, Header(include_in_schema=False, alias="Accept")] = None,
) -> bool:
    """Whether a page is asked for by name, as browsers do; programs take what they get."""
    return "text/html" in (accept or "").lower()


Languages = Annotated[list[str], Depends(visitor_languages)]
InBrowser = Annotated[bool, Depends(is_browser)]
