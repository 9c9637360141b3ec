"""Checks an address against its country's format, and brings it into the country's own form."""

from tidings.orders.countries import CountryFormat, Region, country_format
from tidings.orders.findings import Findings
from tidings.orders.parties import Address


def check_address(address: Address | None, pointer: str, findings: Findings) -> None:
    """Report what is missing or wrong in an address; what is right is normalised in place."""
    if address is None:
        findings.lacks(pointer)
        return
    if not (address.name and address.line1 and address.city and address.country):
        for name in ("name", "line1", "city", "country"):
            if not getattr(address, name):
                findings.lacks(f"{pointer}/{name}")
    if not address.country:
        return
    form = country_format(address.country)
    if form is None:
        findings.refuse(f"{pointer}/country", "is not an ISO 3166-1 alpha-2 country code, such as DE")
        return
    if address.country != form.code:
        address.country = form.code
    region = _check_region(address, pointer, form, findings)
    _check_postal_code(address, pointer, form, region, findings)


def _check_region(address: Address, pointer: str, form: CountryFormat, findings: Findings) -> Region | None:
    if not address.region:
        if form.needs_region:
            findings.lacks(f"{pointer}/region", f"is required: {form.code} addresses name the {form.region_word}")
        return None
    region = form.regions.get(address.region.lower())
    if region is None:
        if form.needs_region and form.has_region_codes:
            findings.refuse(
                f"{pointer}/region",
                f"is not a {form.region_word} of {form.code}; write its code, such as {form.first_region}",
            )
    elif form.has_region_codes and address.region != region.name:
        address.region = region.name
    return region


def _check_postal_code(
    address: Address, pointer: str, form: CountryFormat, region: Region | None, findings: Findings
) -> None:
    code = address.postal_code
    if not code:
        if form.needs_postal_code:
            findings.lacks(f"{pointer}/postal_code", f"is required: {form.code} addresses have a {form.postal_word}")
        return
    if form.postal is None:
        return
    if not form.postal.fullmatch(code):
        code = code.upper()
        if not form.postal.fullmatch(code):
            findings.refuse(f"{pointer}/postal_code", _not_a_postal_code(form))
            return
        address.postal_code = code
    if region is not None and region.postal is not None and not region.postal.match(code):
        findings.refuse(f"{pointer}/postal_code", f"does not belong to {address.region}")


def _not_a_postal_code(form: CountryFormat) -> str:
    example = f", such as {form.postal_example}" if form.postal_example else ""
    return f"is not a {form.postal_word} of {form.code}{example}"
