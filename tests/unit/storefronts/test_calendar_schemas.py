"""Calendars as they are asked for."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidings.storefronts.calendar_schemas import Calendar


def test_the_example_is_sound_and_survives_the_store() -> None:
    example = Calendar.model_config["json_schema_extra"]["examples"][0]  # type: ignore[call-overload,index]
    stored = Calendar.model_validate(example).model_dump(mode="json", exclude_none=True)
    assert Calendar.model_validate(stored).model_dump(mode="json", exclude_none=True) == stored


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "begins before the stretch before it"),
        ({"holidays": {"country": "de"}}, "is not an ISO 3166-1 code"),
        ({"holidays": {"country": "DE", "region": "NY"}}, "is not one of this country|region is not one"),
        ({"closures": [{"name": "", "first": "2026-12-01", "last": "2026-12-01"}]}, "at least 1 character"),
        ({"closures": [{"name": "x", "first": 1, "last": "2026-12-01"}]}, "is not a date"),
        ({"special_days": [{"on": "2026-12-01", "openings": [["09:00", "09:00"]]}]}, "ends before it begins"),
    ],
)
def test_what_makes_no_sense_is_told(calendar: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Calendar.model_validate(calendar)
