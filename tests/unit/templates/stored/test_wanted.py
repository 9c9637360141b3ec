import pytest
from pydantic import ValidationError

from tidings.templates.stored.wanted import Body, TemplateDraft


def test_a_body_keeps_what_it_says_and_nothing_else():
    stored = Body.model_validate({"wording": {"en": {}, "de": {"voice": {"text": "Hello"}}}}).stored()
    assert stored == {"wording": {"de": {"voice": {"text": "Hello"}}}, "layout": None}


@pytest.mark.parametrize("given", [{"milestone": "order_lost"}, {"milestone": "order_completed", "channel": "sms"}])
def test_a_draft_is_of_a_known_milestone_and_has_no_unknown_fields(given):
    with pytest.raises(ValidationError):
        TemplateDraft.model_validate(given)
