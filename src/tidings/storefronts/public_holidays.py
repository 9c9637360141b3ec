"""Public holidays by country and region, from the `holidays` package; what was looked up is kept.

The package is loaded when the first shop needs it, because it takes longer to load than all of ours together.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

_CATEGORY: Final = "public"
# In one language, whatever that of the machine is.
_LANGUAGE: Final = "en_US"
# Any will do to ask whether a place is known at all.
_SOME_YEAR: Final = 2026


def holiday_on(day: date, country: str, region: str | None) -> str | None:
    """The name of the public holiday on a day; None when it is none."""
    return holidays_of(country, region, day.year).get(day)


@lru_cache(maxsize=1024)
def holidays_of(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a year.

    Raises:
        NotImplementedError: there is no such country, or it has no such region.
    """
    package: Any = import_module("holidays")
    found = package.country_holidays(
        country, subdiv=region, years=year, categories=_CATEGORY, language=_LANGUAGE, expand=False
    )
    return dict(found)


def is_known(country: str, region: str | None = None) -> bool:
    """Whether the holidays of this place are known."""
    registry: Any = import_module("holidays.registry")
    if country not in registry.EntityLoader.get_country_codes(include_aliases=False):
        return False
    try:
        holidays_of(country, region, _SOME_YEAR)
    except NotImplementedError:
        return False
    return True
