"""The feedback page: what is in it, and what can never be."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tidings.feedback.page import Fault, Page, Sheet, laid_out
from tidings.feedback.wording import all_words, spoken

HOSTILE = '</textarea><script>alert(1)</script>" onload=x {{ 7*7 }} {number} \u202egpj'
FORM = Sheet(spoken("en"), "title", shop="Demo Teahouse", brand_color="#0a6640", number="W-10045", asks=True)
VOID = {"meta", "input", "br", "link"}


class Reader(HTMLParser):
    """Elements in their order, and whether each that was opened is closed."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(page.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.said.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("locale", sorted(all_words()))
def test_every_element_is_closed_and_every_field_has_its_label(locale: str) -> None:
    reader = Reader(laid_out(replace(FORM, spoken=spoken(locale))))
    assert reader.open == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    fields = [field["id"] for tag in ("input", "textarea") for field in reader.of(tag)]
    assert sorted(fields, key=str) == sorted((label["for"] for label in reader.of("label")), key=str)
    assert reader.of("html")[0] == {"lang": locale, "dir": "rtl" if locale == "ar" else "ltr"}
    assert len(reader.of("legend")) == len(reader.of("h1")) == len(reader.of("title")) == 1


def test_it_needs_no_script_and_nothing_from_elsewhere() -> None:
    page = laid_out(FORM)
    reader = Reader(page)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in reader.elements}
    assert "http" not in page.html.replace("<meta http-equiv", "")
    assert not re.search(r"url\(|@import", page.html)
    (form,) = reader.of("form")
    assert (form["method"], "action" in form) == ("post", False)


def test_the_policy_lets_in_its_own_style_alone() -> None:
    page = laid_out(FORM)
    (style,) = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy


@pytest.mark.parametrize("color", [None, "red", "#123", "#0a6640;}body{display:none", "</style><script>"])
def test_a_colour_that_is_none_is_ours(color: str | None) -> None:
    page = laid_out(replace(FORM, brand_color=color))
    assert re.search(r"--brand:#[0-9a-f]{6};--ink:#(?:ffffff|000000)\}", page.html)


def test_what_somebody_typed_is_text() -> None:
    page = laid_out(replace(FORM, shop=HOSTILE, number=HOSTILE, comment=HOSTILE, rating=2))
    reader = Reader(page)
    assert not reader.of("script")
    assert not [attributes for _, attributes in reader.elements if "onload" in attributes]
    assert HOSTILE in "".join(reader.said), "as it was typed, to be mended"
    assert "49" not in re.sub(r"[#-].*", "", page.html.partition("</style>")[2])


def test_what_was_chosen_before_is_chosen_still_and_the_fault_points_at_its_field() -> None:
    reader = Reader(laid_out(replace(FORM, rating=4, comment="\nas it was", fault=Fault("comment", "too long"))))
    assert [field["id"] for field in reader.of("input") if "checked" in field] == ["r4"]
    assert [link["href"] for link in reader.of("a")] == ["#comment"]
    (area,) = reader.of("textarea")
    assert area["aria-describedby"] == "hint fault"
    assert [each["role"] for each in reader.of("p") if "role" in each] == ["alert"]
    assert "\n\nas it was</textarea>" in laid_out(replace(FORM, comment="\nas it was")).html, (
        "the first line break is eaten"
    )


def test_a_page_that_asks_nothing_has_no_form_and_nobodys_page_names_nobody() -> None:
    reader = Reader(laid_out(Sheet(spoken("de"), "expired", ("expired_text",))))
    assert not reader.of("form")
    assert not reader.of("header")
    assert all_words()["de"]["expired_text"] in reader.said


def test_the_order_and_the_shop_are_named_in_the_languages_own_order() -> None:
    assert "Order W-10045 at Demo Teahouse" in laid_out(FORM).html
    assert "Demo Teahouse ご注文番号 W-10045" in laid_out(replace(FORM, spoken=spoken("ja"))).html
