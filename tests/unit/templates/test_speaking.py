# ruff: noqa: RUF001 - letters of other scripts and typography are what is tested
from dataclasses import replace

import pytest

from tidings.storefronts.kinds import CHANNELS
from tidings.templates import samples
from tidings.templates.catalogue import read
from tidings.templates.segments import MOST, count
from tidings.templates.speaking import MAX_BODY, MAX_SPOKEN, MAX_TITLE, SAY

LOCALES = ("en", "de", "fr", "es")
MILESTONES = ("order_confirmation", "order_dispatched", "order_delivered", "order_incomplete")
# In all languages, as parts of words.
PAID = (
    "paid", "payment", "authorised", "bezahl", "zahlung", "payé", "paiement", "pagado", "pago", "pagat", "pagament",
    "betaald", "betaling", "betal", "zapłac", "płatno", "支払", "دفع",
)  # fmt: skip
EVERY = [(sample, locale) for sample in samples.SAMPLES for locale in LOCALES]


def say(templates, milestone, channel, locale="en", sample="short", **changes):
    return templates.render(replace(samples.request(milestone, channel, locale, sample), **changes))


def test_every_channel_can_speak():
    assert set(SAY) == set(CHANNELS)


def test_the_confirmation_is_worded_as_the_procedure_words_it(templates):
    text = say(templates, "order_confirmation", "sms").text
    assert text.startswith(
        "Thank you for your order #W-10045. We have received your order and will update you on its progress. "
        "Products: 2x Green tea 100 g. Shipping to: Ada Byron, Invalidenstr. 117, 10115 Berlin. "
        "Estimated Delivery: Nov 26 - 28, 2026. Ordered: Nov 23, 2026, 9:14 AM. Billing: the same address. Questions?"
    )
    elsewhere = say(templates, "order_confirmation", "sms", "en", "britain").text
    assert "Billing: Invalidenstr. 117, 10115 Berlin." in elsewhere
    spoken = say(templates, "order_confirmation", "voice").text
    assert "You placed your order on Monday, November 23, 2026, 9:14\u202fAM." in spoken
    assert "The order will be billed to the same address." in spoken
    assert "+49 30 5550100" in text
    mail = say(templates, "order_confirmation", "email").text
    assert "Thank you for your order #W-10045. We have received your order and will update you on its progress." in mail
    assert all(f"{heading}:" in mail for heading in ("Products", "Shipping to", "Estimated Delivery"))


def test_the_dispatch_is_worded_as_the_procedure_words_it(templates):
    text = say(templates, "order_dispatched", "sms").text
    assert text.startswith(
        "Your order #W-10045 has been dispatched and is on its way! "
        "Track your order: https://track.example/?piececode=00340434161094042557&lang=de\n"
    )
    mail = say(templates, "order_dispatched", "email")
    assert "Your order #W-10045 has been dispatched and is on its way!" in mail.text
    assert "Track your order: https://track.example/?piececode=00340434161094042557&lang=de\n" in mail.text
    assert 'href="https://track.example/?piececode=00340434161094042557&amp;lang=de"' in mail.html


def test_an_issue_is_worded_as_the_procedure_words_it(templates):
    expected = "There is an issue with your order #W-10045: The tin is dented. Please contact us for assistance."
    assert expected in say(templates, "issue_notification", "email").text
    spoken = say(templates, "issue_notification", "voice").text
    assert "There is an issue with your order, number W, 1 0 0 4 5: The tin is dented." in spoken
    assert "Please contact us for assistance: + 4 9, 3 0, 5 5 5 0 1 0 0." in spoken


@pytest.mark.parametrize(("sample", "verb"), [("short", "modify"), ("america", "cancel")])
def test_a_request_is_worded_as_the_procedure_words_it(templates, sample, verb):
    mail = say(templates, "change_acknowledged", "email", "en", sample)
    expected = f"We have received your request to {verb} order #W-10045."
    assert expected in mail.text
    assert mail.subject == expected.rstrip(".")
    spoken = say(templates, "change_acknowledged", "voice", "en", sample).text
    assert f"We have received your request to {verb} your order, number W, 1 0 0 4 5." in spoken


def test_a_completion_is_worded_as_the_procedure_words_it(templates):
    thanks = "Your order #W-10045 is complete. Thank you for shopping with us!"
    assert f"{thanks} Your invoice/receipt is attached." in say(templates, "order_completed", "email").text
    assert "attached" not in say(templates, "order_completed", "email", "en", "empty").text
    assert say(templates, "order_completed", "sms").text.startswith(thanks)


def test_accents_are_left_out_of_a_text_message_only_to_make_it_shorter(templates):
    plain, spelled = "Dziekujemy za zamowienie W-10045.", "Dziękujemy za zamówienie W-10045."
    assert say(templates, "order_confirmation", "sms", "pl").text.startswith(plain)
    assert say(templates, "order_confirmation", "sms", "pl", "emoji").text.startswith(spelled)
    assert say(templates, "order_confirmation", "email", "pl").text.count("Dziękujemy za zamówienie") == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_change_of_contact_details_shows_none_of_them(templates, channel):
    said = str(say(templates, "contact_changed", channel))
    assert not [part for part in ("ada@example.com", "10115 Berlin, Germany", "/o/sample-token") if part in said]


@pytest.mark.parametrize("locale", sorted(read().labels))
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_confirmation_never_says_that_it_was_paid(templates, channel, locale):
    said = say(templates, "order_confirmation", channel, locale)
    words = f"{said.subject} {said.text} {said.html}".lower()
    assert not [word for word in PAID if word in words]


@pytest.mark.parametrize("milestone", MILESTONES)
def test_text_messages_stay_within_what_is_sent_and_say_how_many(templates, milestone):
    for sample, locale in EVERY:
        said = say(templates, milestone, "sms", locale, sample)
        assert said.extras == {"encoding": count(said.text).encoding, "segments": count(said.text).segments}
        assert said.extras["segments"] <= MOST[said.extras["encoding"]]
        assert (said.subject, said.html) == (None, None)


@pytest.mark.parametrize("locale", sorted(locale for locale, labels in read().labels.items() if labels.gsm7))
def test_our_own_words_and_dates_are_gsm7_all_year_round(templates, locale):
    for month in range(1, 13):
        request = samples.request("order_confirmation", "sms", locale)
        request.snapshot["order"]["estimated_delivery"] = {"from": f"2027-{month:02}-03", "to": f"2027-{month:02}-05"}
        request.snapshot["order"]["placed_at"] = f"2027-{month:02}-01T18:14:07+01:00"
        found = templates.render(request).extras
        assert found["encoding"] == "GSM-7"
        assert found["segments"] <= 3


@pytest.mark.parametrize("locale", ["ja", "ar"])
def test_an_ordinary_confirmation_is_told_in_full_where_letters_are_large(templates, locale):
    for sample in ("short", "britain"):
        assert say(templates, "order_confirmation", "sms", locale, sample).extras["segments"] <= MOST["UCS-2"]
        assert "Invalidenstr. 117, 10115 Berlin" in say(templates, "order_confirmation", "sms", locale, sample).text


def test_a_long_list_is_counted_where_it_cannot_be_told(templates):
    text = say(templates, "order_confirmation", "sms", "en", "long").text
    assert " more. Shipping to: " in text
    # Its billing address has a line more.
    assert "Billing: Invalidenstr. 117, c/o Analytical" in text
    assert text.endswith("Questions? +49 30 5550100 - Demo Teahouse")


def test_even_a_monster_fits(templates):
    request = samples.request("order_dispatched", "sms", "en")
    request.snapshot["order"]["number"] = "ж" * 500
    assert templates.render(request).extras == {"encoding": "UCS-2", "segments": MOST["UCS-2"]}


def test_what_was_cut_short_has_no_second_full_stop(templates):
    assert "...." not in say(templates, "order_dispatched", "sms", "en", "long").text


@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_push_fits_a_lock_screen_and_says_what_it_is_about(templates, milestone):
    for sample, locale in EVERY:
        said = say(templates, milestone, "push", locale, sample)
        assert 0 < len(said.subject) <= MAX_TITLE
        assert 0 < len(said.text) <= MAX_BODY
        told = {"order_id": "ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b", "milestone": milestone}
        assert said.extras == {"data": told | {"documents_url": samples.LINKS["documents"]}}
        assert "\n" not in said.subject + said.text


@pytest.mark.parametrize("milestone", MILESTONES)
def test_a_call_is_a_script_of_about_a_minute(templates, milestone):
    for sample, locale in EVERY:
        said = say(templates, milestone, "voice", locale, sample)
        assert 0 < len(said.text) <= MAX_SPOKEN
        assert not set("\n<") & set(said.text) or sample == "hostile"


def test_a_call_spells_numbers_and_speaks_sums(templates):
    text = say(templates, "order_confirmation", "voice", "en").text
    assert "number W, 1 0 0 4 5." in text
    assert "24.70 euros" in text
    assert "+ 4 9, 3 0, 5 5 5 0 1 0 0" in text


def test_one_message_per_parcel_tells_what_is_in_it_and_what_is_still_to_come(templates):
    text = say(templates, "order_dispatched", "email", "en", "long").text
    contents, remaining = text.split("In this parcel:")[1].split("Still to come:")
    assert "1 × Single-estate first-flush tea no. 1," in contents
    assert "2 × " not in contents
    assert all(f"tea no. {number}," in remaining for number in range(2, 30))
    assert "Still to come" not in say(templates, "order_dispatched", "email", "en", "short").text


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_banner_stands_first_in_every_message(templates, channel):
    said = say(templates, "order_confirmation", channel, banner="Test copy\r\nfor staging <b>")
    assert said.text.lstrip("[* ").startswith("Test copy for staging <b>")
    if said.html:
        assert "Test copy for staging &lt;b&gt;" in said.html.partition("<body")[2].split("</h1>")[0]


def test_without_a_banner_there_is_none(templates):
    assert "*** " not in say(templates, "order_confirmation", "email").text


def test_the_text_part_is_tidy(templates):
    text = say(templates, "order_delivered", "email", "de", "long").text
    assert "\n\n\n" not in text
    assert text == text.strip() + "\n"


def test_a_subject_is_one_line_whatever_the_number(templates):
    subject = say(templates, "order_confirmation", "email", "en", "hostile").subject
    assert subject == "We have received your order #W-{{ 7*7 }} Bcc: all@example.com"


def test_no_break_spaces_stay(templates):
    assert "n°\u00a0W-10045" in say(templates, "order_confirmation", "email", "fr").subject
