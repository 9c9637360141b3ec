from pathlib import Path

import pytest

from tests.unit.templates.making import SHARED, only
from tidings.storefronts.kinds import CHANNELS
from tidings.templates.catalogue import read
from tidings.templates.lint import Finding, lint, preview
from tidings.templates.render import Templates
from tidings.templates.samples import SAMPLES
from tidings.templates.versions import stamp


def findings(wording: Path, milestone: str = "order_confirmation") -> list[str]:
    """What is found in one milestone alone, which is quicker."""
    stamp(only(wording, milestone))
    return [str(finding) for finding in lint(Templates.load(wording))]


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("locale", sorted(read().labels))
def test_the_wording_of_the_product_is_well(templates, locale):
    """Every milestone on every channel, with every sample: the usual, the long, the odd, the empty."""
    assert [str(finding) for finding in lint(templates, [locale])] == []


def test_a_finding_reads_as_a_line():
    assert str(Finding("a.toml", "is missing")) == "a.toml: is missing"


def test_wording_that_changed_without_a_version_is_found(wording):
    stamp(only(wording, "order_incomplete"))
    spoil(wording / "order_incomplete" / "de.toml", "vielen Dank", "danke")
    assert [str(finding) for finding in lint(Templates.load(wording))] == [
        "order_incomplete/: has changed: run `tidings templates stamp`"
    ]


def test_a_language_that_a_milestone_lacks_is_found(wording):
    (wording / "order_delivered" / "es.toml").unlink()
    assert findings(wording, "order_delivered") == ["order_delivered/es.toml: is missing"]


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (
            "order_confirmation/en.toml",
            "{{ delivery_short }}",
            "{{ delivery_shrot }}",
            "cannot be rendered: order_confirmation/en [sms]: 'delivery_shrot' is undefined",
        ),
        (
            "blocks/addresses.txt",
            "{% for line in billing_lines %}\n{{ line }}\n{% endfor %}",
            "",
            "does not tell billing_address in its text",
        ),
        ("blocks/facts.mjml", "{{ placed }}", "", "does not tell placed in its HTML"),
        ("blocks/contact.txt", "{{ shop_phone }}", "", "does not tell contact in its text"),
        ("order_confirmation/fr.toml", "Livraison\\u00a0: {{ address }}. ", "", "does not tell shipping_address"),
        ("order_confirmation/es.toml", "Pedido el {{ placed_short }}. ", "", "[sms] with short: does not tell placed"),
        ("order_confirmation/de.toml", "{{ placed_spoken }}", "", "[voice] with short: does not tell placed"),
        (
            "order_confirmation/de.toml",
            "geht an {{ billing }}",
            "ist dabei",
            "[voice] with short: does not tell billing_address",
        ),
        (
            "order_confirmation/fr.toml",
            "{{ billing }}. Une question",
            "adresse identique. Une question",
            "[sms] with britain: does not tell billing_address",
        ),
        ("order_dispatched/de.toml", "{{ track }}", "", "does not tell track"),
        (
            "order_confirmation/es.toml",
            "Gracias por su pedido {{ number }}. Lo",
            "Su número: {{ number }}. Lo",
            "has letters outside GSM-7: ú",
        ),
        ("labels/es.toml", "otros {n} productos", "{n} más", "[counted.more] has letters outside GSM-7: á"),
        (
            "labels/es.toml",
            'shipping_address = "domicilio',
            'shipping_address = "dirección',
            "[part] has letters outside GSM-7: ó",
        ),
        ("labels/es.toml", 'phone = "teléfono"', 'phone = "número"', "[contact_part] has letters outside GSM-7: ú"),
        ("labels/de.toml", 'total = "Gesamtbetrag"\n', "", "[text] lacks total"),
        ("labels/de.toml", 'total = "Gesamtbetrag"\n', 'total = "G"\ntotals = "x"\n', "[text] has an unknown totals"),
        ("labels/fr.toml", 'other = "{n} articles"\n', "", "[counted.items] lacks other"),
        ("labels/de.toml", 'out_of_stock = "Nicht', 'sold_out = "Nicht', "[issue] lacks out_of_stock"),
        ("labels/en.toml", '"Prices include tax."', '"Prices include {tax}."', "has a tag left in it"),
        ("issue_notification/fr.toml", "{{ issue_details }} {{ next_steps }}", "", "does not tell issue_details"),
        ("change_decided/de.toml", "{{ decision_reason }}", "", "does not tell decision_reason in its HTML"),
        (
            "order_incomplete/template.toml",
            '"missing"]\ntells_shortly',
            '"missing", "colour"]\ntells_shortly',
            "tells colour, which nobody can check",
        ),
        ("order_confirmation/en.toml", 'subject = "We', "subject = \"{{ '{{' }} {{ '}}' }} We", "has a tag left in it"),
    ],
)
def test_what_is_spoilt_is_found(wording, path, old, new, told):
    spoil(wording / path, old, new)
    milestone = path.partition("/")[0]
    found = findings(wording, "order_confirmation" if milestone in SHARED else milestone)
    assert any(finding.endswith(told) for finding in found), found


def test_messages_that_are_too_long_are_found(monkeypatch, confirmation):
    # Whatever is sent is too much: so it is cut, and is too much still.
    monkeypatch.setattr("tidings.templates.segments.MOST", {"GSM-7": 0, "UCS-2": 0})
    monkeypatch.setattr("tidings.templates.lint.MAX_TITLE", 10)
    monkeypatch.setattr("tidings.templates.lint.MAX_SPOKEN", 100)
    found = {finding.what for finding in lint(Templates.load(confirmation), ["en"])}
    assert {"takes 1 segments", "is too long for a lock screen", "takes too long to say"} <= found


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_preview_shows_any_sample(templates, channel):
    shown = preview(templates, "order_dispatched", channel, "fr")
    assert "Green tea" in shown.text
    assert shown.locale == "fr"
    assert (
        len({preview(templates, "order_confirmation", channel, "de", sample).text for sample in SAMPLES})
        > len(SAMPLES) // 2
    )
