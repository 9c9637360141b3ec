"""What a version must fulfil before it is reviewed, over HTTP."""

import httpx
import pytest

from tests.fixtures.templates import (
    ANNA,
    BORIS,
    CATALOGUE,
    EMAIL,
    built_in_layout,
    built_in_words,
    drafted,
    faults_of,
    kind_of,
    step,
)

LOCALES = sorted(CATALOGUE.labels)
CONFIRMATION = CATALOGUE.milestones["order_confirmation"]
IN_LAYOUT = {
    "number": "{{ number }}",
    "placed": "{{ placed }}",
    "products": "{% for quantity, name, details, amount in products %}",
    "shipping_address": "{% for line in shipping_lines %}",
    "billing_address": "{% for line in billing_lines %}",
    "delivery": "{{ delivery }}",
    "contact": "{{ shop_phone }}",
}
IN_SMS = {
    "number": "{{ number }}",
    "placed": "{{ placed_short }}",
    "products": "{{ items }}",
    "shipping_address": "{{ address }}",
    "billing_address": "{{ billing }}",
    "delivery": "{{ delivery_short }}",
    "contact": "{{ contact }}",
}


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_text_message_without_the_mandatory_contents_is_neither_reviewed_nor_published(
    api: httpx.AsyncClient, locale: str
) -> None:
    """In any language; tests/unit/templates/checks/test_examine.py leaves out each of them alone."""
    words = built_in_words("order_confirmation", locale, "sms")
    for name in IN_SMS.values():
        assert name in words["text"]
        words["text"] = words["text"].replace(name, "")
    draft = await drafted(api, {locale: {"sms": words}})
    found = faults_of(await step(api, draft, "submission", ANNA))
    assert {detail for _, detail in found} >= {f"does not tell {content}" for content in IN_SMS}
    assert {pointer for pointer, _ in found} == {f"/wording/{locale}/sms"}
    assert kind_of(await step(api, draft, "submission", ANNA)) == (422, "template-faulty")
    assert kind_of(await step(api, draft, "publication", BORIS)) == (409, "template-step")


async def test_an_email_without_a_mandatory_content_does_not_get_to_review_in_any_language(
    api: httpx.AsyncClient,
) -> None:
    """A layout is every language's: what it leaves out is missing in all eleven."""
    blocks = "\n".join(CATALOGUE.sources[f"blocks/{block}.txt"] for block in CONFIRMATION.blocks)
    mjml = "\n".join(CATALOGUE.sources[f"blocks/{block}.mjml"] for block in CONFIRMATION.blocks)
    whole = built_in_layout()
    whole = {"mjml": whole["mjml"].replace("<blocks />", mjml), "text": whole["text"].replace("<blocks />", blocks)}
    for content in ("billing_address", "placed", "contact"):
        part = IN_LAYOUT[content]
        assert part in whole["mjml"]
        layout = {kind: source.replace(part, without(part)) for kind, source in whole.items()}
        found = faults_of(await step(api, await drafted(api, {}, layout=layout), "submission", ANNA))
        for locale in LOCALES:
            assert ("/layout/text", f"does not tell {content} in its text ({locale})") in found
            assert ("/layout/mjml", f"does not tell {content} in its HTML ({locale})") in found


def without(part: str) -> str:
    """A loop goes on, over nothing that is shown."""
    return part.replace("billing_lines", "shipping_lines") if part.startswith("{%") else ""


async def test_everything_that_is_wrong_is_told_at_once(api: httpx.AsyncClient) -> None:
    wording = {
        "de": {"sms": {"text": "{{ nubmer }}"}, "email": EMAIL | {"subject": "{{ number.__class__ }}"}},
        "fr": {"voice": {"text": "{% set x = 1 %}"}},
    }
    layout = {"mjml": "<mjml><mj-body><mj-text>{{ nobody }}</mj-text>", "text": " "}
    found = faults_of(await step(api, await drafted(api, wording, layout=layout), "submission", ANNA))
    assert {pointer for pointer, _ in found} == {
        "/wording/de/sms/text", "/wording/de/email/subject", "/wording/fr/voice/text", "/layout/text",
    }  # fmt: skip


async def test_a_step_with_the_same_key_is_taken_once(api: httpx.AsyncClient) -> None:
    draft = await drafted(api)
    headers = ANNA | {"Idempotency-Key": "s-1"}
    answers = [await step(api, draft, "submission", headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["Idempotency-Replayed"] == "true"
