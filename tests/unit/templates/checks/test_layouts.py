import pytest

from tests.fixtures.templates import built_in_layout
from tidings.templates.checks.layouts import Checked, checked_layout
from tidings.templates.checks.vocabulary import names_of

PLAIN = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"


def checked(templates, mjml, text="{{ number }}") -> Checked:
    known = names_of(templates, "order_confirmation", "email")
    return checked_layout(templates.catalogue, "order_confirmation", mjml, text, known)


def test_our_own_layout_is_sound_and_made_ready_for_either_direction(templates):
    found = checked(templates, **built_in_layout())
    assert found.faults == []
    assert found.layout is not None
    assert 'dir="ltr"' in found.layout.ltr
    assert 'dir="rtl"' in found.layout.rtl
    assert "<blocks />" not in found.layout.text
    assert {warning.pointer for warning in found.warnings} == {"/layout/mjml"}


@pytest.mark.parametrize(
    ("mjml", "text", "pointer", "told"),
    [
        ("<mjml>", "x", "/layout/mjml", "is not MJML"),
        (PLAIN.format("{{ nobody }}"), "x", "/layout/mjml", "names nobody, which is not known here"),
        (PLAIN.format("{{ number }}"), "{{ nobody }}", "/layout/text", "names nobody, which is not known here"),
        (PLAIN.format("{{ number }}"), " ", "/layout/text", "is required: an e-mail has a text part"),
        (PLAIN.format("<script>alert(1)</script>"), "x", "/layout/mjml", "has a script"),
        (PLAIN.format('<b title="{#">#}" onmouseover="alert(1)">x</b>'), "x", "/layout/mjml", "has onmouseover"),
        (PLAIN.format('<b title="{% if banner %}">{% endif %}" x="y">z</b>'), "x", "/layout/mjml", "has a choice"),
        (PLAIN.format("<video></video>"), "x", "/layout/mjml", "uses <video>, not supported by"),
        ('<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>', "x", "/layout/mjml", "<mj-include>"),
        (PLAIN.format("{% for a in products %}"), "x", "/layout/mjml", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_layout_is_told_where_it_stands(templates, mjml, text, pointer, told):
    found = checked(templates, mjml, text)
    assert any(flaw.pointer == pointer and told in flaw.detail for flaw in found.faults), found.faults
