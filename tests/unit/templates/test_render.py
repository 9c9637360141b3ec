import json
import shutil
import time
from dataclasses import replace

import pytest

from tests.unit.templates.page import Page
from tidings.storefronts.kinds import CHANNELS
from tidings.templates import samples
from tidings.templates.catalogue import read
from tidings.templates.render import Contact, Rendered, RenderRequest, Shop, Templates, Unrenderable

MILESTONES = sorted(read().milestones)


def request(**changes) -> RenderRequest:
    given = {"milestone": "order_confirmation", "channel": "email", "locale": "en", "sample": "short"} | changes
    made = samples.request(given.pop("milestone"), given.pop("channel"), given.pop("locale"), given.pop("sample"))
    return replace(made, **given)


def test_it_says_what_it_rendered(templates):
    rendered = templates.render(request(locale="de-DE"))
    assert isinstance(rendered, Rendered)
    assert (rendered.template, rendered.version, rendered.locale) == (
        "order_confirmation", templates.version("order_confirmation"), "de",
    )  # fmt: skip


def test_it_knows_what_it_can_word(templates):
    assert templates.milestones >= set(MILESTONES)
    assert templates.locales("order_confirmation") >= {"en", "de", "fr", "es"}


@pytest.mark.parametrize(
    ("wanted", "shops", "used"),
    [
        ("de", "en", "de"), ("de-AT", "en", "de"), ("DE_at", "en", "de"), ("ko-KR", "fr-FR", "fr"), ("ko", "th", "en"),
        ("", "", "en"), ("{{ 7 }}", "de", "de"), ("../en", "es", "es"), ("zh-Hant-TW", "xx", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_customers_or_the_shops_or_english_and_is_reported(templates, wanted, shops, used):
    rendered = templates.render(request(locale=wanted, shop=replace(samples.SHOP, locale=shops)))
    assert rendered.locale == used
    assert f'lang="{used}"' in rendered.html


def test_an_exact_locale_goes_before_its_language(confirmation):
    for folder in ("labels", "order_confirmation"):
        shutil.copy(confirmation / folder / "en.toml", confirmation / folder / "en-GB.toml")
    found = Templates.load(confirmation)
    assert found.render(request(locale="en-GB")).locale == "en-GB"
    assert found.render(request(locale="en-US")).locale == "en"


def test_a_variety_of_a_language_writes_in_its_own_way(templates):
    assert "Monday, 23 November 2026, 09:14 (CET)" in templates.render(request(locale="en-GB")).text
    assert "€\u00a024,70" in templates.render(request(locale="de-AT")).text
    assert "24,70\u00a0€" in templates.render(request(locale="de-DE")).text


def test_wording_without_english_is_refused_when_nothing_else_fits(confirmation):
    (confirmation / "order_confirmation" / "en.toml").unlink()
    with pytest.raises(Unrenderable, match="order_confirmation: has no wording in en"):
        Templates.load(confirmation).render(request(locale="ko", shop=replace(samples.SHOP, locale="ko")))


def test_the_language_of_the_order_before_does_not_stick(templates):
    """A worker renders orders of many languages, zones and shops one after the other."""
    both = [(locale, channel) for locale in ("de", "en", "fr") for channel in CHANNELS]
    alone = {(locale, channel): templates.render(request(locale=locale, channel=channel)) for locale, channel in both}
    other_shop = Shop("Other", contact=Contact(email="help@other.example"), locale="ja-JP", time_zone="Asia/Tokyo")
    for other in ("es", "fr-CH", "en-IN", "de-AT"):
        before = request(locale=other, sample="yen", time_zone="Asia/Tokyo", shop=other_shop)
        for (locale, channel), expected in alone.items():
            templates.render(replace(before, channel=channel))
            assert templates.render(request(locale=locale, channel=channel)) == expected


def test_the_same_request_gives_the_same_bytes_in_another_process_too(templates):
    assert Templates.load().render(request()) == templates.render(request())


@pytest.mark.parametrize("server", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_times_are_the_orders_and_never_the_servers(templates, monkeypatch, server):
    monkeypatch.setenv("TZ", server)
    time.tzset()
    try:
        assert "23 November 2026, 09:14 (CET)" in templates.render(request(locale="en-GB")).text
        assert "23 November 2026, 17:14" in templates.render(request(locale="en-GB", time_zone="Asia/Tokyo")).text
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("placed_at", "told"),
    [
        ("2026-10-25T00:30:00Z", "25 October 2026, 02:30 (CEST)"),
        ("2026-10-25T01:30:00Z", "25 October 2026, 02:30 (CET)"),
        ("2026-03-29T01:00:00Z", "29 March 2026, 03:00 (CEST)"),
        ("2026-07-01T12:00:00+09:00", "1 July 2026, 05:00 (CEST)"),
        ("2026-12-31T23:30:00Z", "1 January 2027, 00:30 (CET)"),
    ],
)
def test_summer_time_is_that_of_the_day_it_tells_of(templates, placed_at, told):
    made = request(locale="en-GB")
    made.snapshot["order"]["placed_at"] = placed_at
    assert told in templates.render(made).text


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "America", "\x00"])
def test_a_zone_that_there_is_not_falls_back_to_the_shops(templates, zone):
    assert "09:14 (CET)" in templates.render(request(locale="en-GB", time_zone=zone)).text


def test_without_any_zone_nothing_is_said(templates):
    with pytest.raises(Unrenderable, match="time_zone: is not a time zone"):
        templates.render(request(time_zone="Mars", shop=replace(samples.SHOP, time_zone="Venus")))


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("ja", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_mail_is_sound_html_with_language_direction_and_title(templates, milestone, locale, direction):
    for sample in ("short", "long", "emoji", "right-to-left", "empty", "hostile"):
        rendered = templates.render(request(milestone=milestone, locale=locale, sample=sample))
        page = Page(rendered.html.partition("<!doctype html>")[2])
        tags = dict(page.tags)
        assert (tags["html"]["lang"], tags["html"]["dir"]) == (locale, direction)
        assert {"title", "h1", "meta"} <= tags.keys()
        assert all("alt" in attrs for tag, attrs in page.tags if tag == "img")
        assert not [
            attrs for tag, attrs in page.tags if tag in {"script", "link"} and ("src" in attrs or "href" in attrs)
        ]


def test_a_mail_with_a_logo_names_the_shop_in_its_place(templates):
    shop = replace(samples.SHOP, brand=samples.Brand(logo_url="https://shop.example/logo.png"))
    page = Page(templates.render(request(shop=shop)).html.partition("<!doctype html>")[2])
    assert ("img", "Demo Teahouse") in [(tag, attrs.get("alt")) for tag, attrs in page.tags]


def test_a_mail_in_a_language_from_the_right_is_turned_round(templates):
    html = templates.render(request(locale="ar-KW", sample="right-to-left")).html
    assert '<html lang="ar" dir="rtl"' in html
    assert 'align="right"' in html
    assert "direction:rtl" in html
    assert "text-align:left" not in html.partition("<body")[2].replace("text-align:left;direction:rtl", "")


def test_both_directions_live_side_by_side(templates):
    assert '<html lang="de" dir="ltr"' in templates.render(request(locale="de")).html
    assert '<html lang="ar" dir="rtl"' in templates.render(request(locale="ar")).html


def test_what_runs_the_other_way_is_fenced_in_a_language_from_the_right(templates):
    text = templates.render(request(locale="ar", milestone="order_dispatched")).text
    fenced = ("W-10045", "Ada Byron", "Green tea 100 g", "00340434161094042557", "+49 30 5550100")
    assert all(f"\u2068{part}\u2069" in text for part in fenced)
    # A link is left alone: what stands behind it would be taken for a part of it.
    assert "https://track.example/?piececode=00340434161094042557&lang=de\n" in text


def test_wording_is_compiled_once_and_when_it_is_first_asked_for(templates, monkeypatch):
    alone = Templates(templates.catalogue)
    alone.render(request())
    monkeypatch.setattr("tidings.templates.render.compile_words", None)
    monkeypatch.setattr("tidings.templates.render.compile_markup", None)
    assert alone.render(request()) == templates.render(request())


def test_a_milestone_without_wording_is_refused(templates):
    with pytest.raises(Unrenderable, match="order_eaten: has no template"):
        templates.render(replace(request(), milestone="order_eaten"))


def test_an_undefined_name_is_refused_with_its_place(confirmation):
    path = confirmation / "order_confirmation" / "en.toml"
    path.write_text(path.read_text("utf-8").replace("{{ number }}", "{{ nubmer }}", 1), "utf-8")
    with pytest.raises(Unrenderable) as caught:
        Templates.load(confirmation).render(request())
    assert str(caught.value) == "order_confirmation/en [email]: 'nubmer' is undefined"


def test_a_fault_of_our_own_tells_its_place_and_nothing_of_the_customers(templates):
    made = request(milestone="order_dispatched")
    made.snapshot["shipment"]["lines"][0]["line"] = ["Ada Byron"]
    with pytest.raises(Unrenderable) as caught:
        templates.render(made)
    assert caught.value.reason.startswith("TypeError in parcel.py, line ")
    assert caught.value.where == "order_dispatched/en snapshot"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("snapshot", [{}, {"order": None}, {"order": []}, {"order": {}}, {"order": {"number": 7}}])
def test_a_snapshot_that_is_none_is_refused(templates, snapshot):
    with pytest.raises(Unrenderable):
        templates.render(request(snapshot=snapshot))


def test_a_snapshot_may_be_what_json_made_of_it(templates):
    made = request()
    assert templates.render(replace(made, snapshot=json.loads(json.dumps(made.snapshot)))) == templates.render(made)


@pytest.mark.parametrize("part", ["shipping", "discount", "prices_include_tax", "metadata", "customer"])
def test_what_an_order_may_lack_it_may_lack(templates, part):
    made = request()
    made.snapshot["order"][part] = None
    assert "W-10045" in templates.render(made).text
    del made.snapshot["order"][part]
    assert "W-10045" in templates.render(made).text


def test_a_link_of_the_message_is_shown_only_if_it_is_one(templates):
    assert "View your order" in templates.render(request()).text
    assert "View your order" not in templates.render(request(links={})).text
    assert "javascript" not in templates.render(request(links={"order": "javascript:alert(1)"})).html


def test_a_large_order_is_told_to_its_end(templates):
    made = request()
    line = made.snapshot["order"]["lines"][0]
    made.snapshot["order"]["lines"] = [line | {"line": number, "name": f"Tea {number}."} for number in range(1, 501)]
    rendered = templates.render(made)
    assert all(f"Tea {number}." in rendered.text and f"Tea {number}." in rendered.html for number in range(1, 501))


def test_rendering_is_quick(templates):
    """A generous bound on a shared machine; the benchmark measures."""
    made = [request(channel=channel) for channel in CHANNELS for _ in range(50)]
    templates.render(made[0])
    started = time.process_time()
    for each in made:
        templates.render(each)
    assert (time.process_time() - started) / len(made) < 0.002


def test_wording_can_be_compiled_before_it_is_asked_for():
    fresh = Templates.load()
    asked = ("order_confirmation", "de-AT", "en")
    assert not fresh.is_compiled(*asked)
    fresh.compile(*asked)
    assert fresh.is_compiled(*asked)
    assert fresh.is_compiled("order_confirmation", "de", "fr")
    # What has no wording at all is refused when it is rendered.
    assert fresh.is_compiled("no_such_milestone", "de", "de")
