import pytest

from tests.fixtures.templates import EMAIL, SMS
from tidings.kit.problem import InvalidInput
from tidings.templates.stored.wanted import Body, Copied
from tidings.templates.stored.wording import said, taken_over

NOTHING = {"wording": {}, "layout": None}
LAYOUT = {"mjml": "<mjml />", "text": "x"}


def test_a_patch_is_laid_over_field_by_field_and_null_is_as_built_in(templates):
    body = {"wording": {"de": {"email": EMAIL, "sms": SMS}, "en": {"sms": SMS}}, "layout": LAYOUT}
    patch = {"wording": {"de": {"email": {"heading": "Juhu"}, "sms": None}, "en": None}, "layout": None}
    found = said(body, patch, "order_confirmation", templates)
    assert found == {"wording": {"de": {"email": EMAIL | {"heading": "Juhu"}}}, "layout": None}
    assert said(NOTHING, {"layout": LAYOUT}, "order_confirmation", templates)["layout"] == LAYOUT
    # A language of which nothing is left is not worded.
    assert said(body, {"wording": {"en": {"sms": None}}}, "order_confirmation", templates)["wording"].keys() == {"de"}


@pytest.mark.parametrize(
    ("patch", "pointers"),
    [
        ({"wording": {"de": {"push": {"title": "x"}}}}, ["/wording/de/push/body"]),
        ({"wording": {"xx": {"sms": SMS}, "yy": {"sms": SMS}}}, ["/wording/xx", "/wording/yy"]),
        ({"layout": {"mjml": "<mjml />"}}, ["/layout/text"]),
        ({"layout": {"mjml": "x" * 60_001, "text": "x"}}, ["/layout/mjml"]),
    ],
)
def test_what_is_not_whole_after_it_is_refused_with_its_place(templates, patch, pointers):
    with pytest.raises(InvalidInput) as told:
        said(NOTHING, patch, "order_confirmation", templates)
    assert [fault.pointer for fault in told.value.faults] == pointers


def test_what_is_taken_over_is_all_or_what_is_named():
    body = {"wording": {"de": {"email": EMAIL, "sms": SMS}, "en": {"sms": SMS}}, "layout": LAYOUT}
    assert taken_over(body, None) == body
    assert taken_over(body, Copied(locales=["de"]))["wording"] == {"de": {"email": EMAIL, "sms": SMS}}
    assert taken_over(body, Copied(channels=["sms"]))["wording"] == {"de": {"sms": SMS}, "en": {"sms": SMS}}


def test_a_body_is_stored_without_what_it_does_not_say():
    assert Body.model_validate({"wording": {"de": {"sms": SMS, "push": None}}}).stored() == {
        "wording": {"de": {"sms": SMS}}, "layout": None,
    }  # fmt: skip
