"""The feedback page over HTTP: without an account, once for each order, and nothing by looking."""

import asyncio
import html
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.bootstrap import Runtime
from tidings.feedback.buckets import MOST
from tidings.feedback.kinds import MOST_LETTERS
from tidings.feedback.link import Followed
from tidings.feedback.wording import all_words
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.kit.signed import LinkExpired, LinkInvalid

DAY = timedelta(days=1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EN, DE, AR = all_words()["en"], all_words()["de"], all_words()["ar"]


class Customer:
    """Who has the link to an order, and a browser."""

    def __init__(self, mailroom: Mailroom, runtime: Runtime, browser: httpx.AsyncClient) -> None:
        self.mailroom, self.runtime, self.browser = mailroom, runtime, browser

    async def link(self, *, days: int = 30, locale: str = "en") -> str:
        message = await self.mailroom.owed(customer={"locale": locale})
        return self.link_of(message.id, days=days)

    def link_of(self, message_id: UUID, *, days: int = 30, mode: str = "test") -> str:
        scope = Scope(self.mailroom.shop.id, mode)  # type: ignore[arg-type]
        ends_at = self.mailroom.clock.now() + days * DAY
        return "/f/" + self.runtime.feedback_links.token(Followed(scope, message_id, "email"), ends_at=ends_at)

    async def send(self, link: str, **fields: object) -> httpx.Response:
        return await self.browser.post(link, content=urlencode(fields), headers=FORM)

    async def kept(self) -> list[tuple[int, str | None]]:
        rows = await self.mailroom.fetch("SELECT rating, comment FROM feedback ORDER BY id")
        return [(row["rating"], row["comment"]) for row in rows]


@pytest.fixture
def customer(mailroom: Mailroom, api_runtime: Runtime, anonymous: httpx.AsyncClient) -> Customer:
    return Customer(mailroom, api_runtime, anonymous)


def said(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.unescape(answer.text)


async def test_the_form_is_shown_in_the_customers_language_and_takes_what_is_sent(customer: Customer) -> None:
    for locale, words in (("en", EN), ("de-AT", DE), ("ar", AR)):
        link = await customer.link(locale=locale)
        shown = await customer.browser.get(link)
        assert shown.status_code == 200
        assert words["legend"] in said(shown)
        assert shown.headers["content-language"] == locale[:2]
        sent = await customer.send(link, rating=4, comment=" Thanks!\r\nAnd more ")
        assert sent.status_code == 200
        assert words["thanks_text"] in said(sent)
    assert await customer.kept() == [(4, "Thanks!\nAnd more")] * 3


async def test_looking_at_it_changes_nothing_however_often(customer: Customer) -> None:
    """Mail scanners follow links, too."""
    link = await customer.link()
    before = await customer.mailroom.value("SELECT count(*) FROM events")
    for method in ("GET", "HEAD", "GET"):
        assert (await customer.browser.request(method, link)).status_code == 200
    assert await customer.kept() == []
    assert await customer.mailroom.value("SELECT count(*) FROM events") == before
    assert EN["send"] in said(await customer.browser.get(link))


async def test_whoever_comes_again_is_told_kindly(customer: Customer) -> None:
    link = await customer.link()
    await customer.send(link, rating=5)
    again = await customer.send(link, rating=1, comment="no")
    assert again.status_code == 409
    assert EN["already_text"] in said(again)
    shown = await customer.browser.get(link)
    assert (shown.status_code, EN["already_text"] in said(shown), "<form" in shown.text) == (200, True, False)
    assert await customer.kept() == [(5, None)]


@pytest.mark.timeout(60)
async def test_sixty_four_posts_at_once_are_one(customer: Customer) -> None:
    message = await customer.mailroom.owed()
    links = [customer.link_of(message.id, days=n) for n in range(1, 65)]
    # Not more than one may send of one message.
    assert MOST < 64
    answers = await asyncio.gather(*(customer.send(link, rating=1 + n % 5) for n, link in enumerate(links)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) == {200, 409, 429}
    assert len(await customer.kept()) == 1


async def test_a_link_that_is_none_is_told_so_in_the_visitors_language(customer: Customer) -> None:
    link = await customer.link()
    other = customer.link_of(new_id())
    wrong_mode = customer.link_of((await customer.mailroom.owed()).id, mode="live")
    for broken in (link[:-1], f"{link}x", link.replace(link[8], "_", 1), "/f/x", other, wrong_mode, "/f/%F0%9F%98%80"):
        for method in ("GET", "POST"):
            answer = await customer.browser.request(
                method, broken, headers={"Accept-Language": "de-CH, fr;q=0.9"} | FORM, content="rating=5"
            )
            assert answer.status_code == LinkInvalid.status, broken
            assert DE["invalid_text"] in said(answer)
    assert await customer.kept() == []


async def test_a_link_that_has_ended_is_told_so(customer: Customer) -> None:
    link = await customer.link(days=10)
    customer.mailroom.clock.advance(10 * DAY)
    for answer in (await customer.browser.get(link), await customer.send(link, rating=5)):
        assert answer.status_code == LinkExpired.status
        assert EN["expired_text"] in said(answer)
    assert await customer.kept() == []


@pytest.mark.parametrize("rating", [None, "", "0", "6", "5.0", "\u0665", "five", "05"])
async def test_without_a_rating_the_form_is_shown_again_with_what_was_written(
    customer: Customer, rating: str | None
) -> None:
    link = await customer.link()
    fields = {"comment": "as <b>it</b> was"} | ({} if rating is None else {"rating": rating})
    answer = await customer.send(link, **fields)
    assert answer.status_code == 422
    assert EN["missing"] in said(answer)
    assert "as &lt;b&gt;it&lt;/b&gt; was</textarea>" in answer.text
    assert await customer.kept() == []
    twice = await customer.browser.post(link, content="rating=1&rating=5", headers=FORM)
    assert twice.status_code == 422


@pytest.mark.parametrize(
    ("comment", "stored"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("nul\0 and\x1b[31m bell\x07", "nul and[31m bell"),
        ("👩‍👩‍👧‍👦 😔", "👩‍👩‍👧‍👦 😔"),
        ("العلبة تالفة (رقم 12)", "العلبة تالفة (رقم 12)"),
        ("tab\tand\rbreak", "tab\tand\nbreak"),
        (" \n ", None),
        ("e\u0301", "é"),
        ("x" * MOST_LETTERS, "x" * MOST_LETTERS),
    ],
)
async def test_whatever_is_written_is_kept_as_text(customer: Customer, comment: str, stored: str | None) -> None:
    link = await customer.link()
    assert (await customer.send(link, rating=3, comment=comment)).status_code == 200
    assert await customer.kept() == [(3, stored)]


async def test_a_book_is_not_taken_and_not_lost(customer: Customer) -> None:
    link = await customer.link()
    answer = await customer.send(link, rating=2, comment="y" * (MOST_LETTERS + 1))
    assert answer.status_code == 422
    assert f"{MOST_LETTERS + 1}" in said(answer)
    assert "y" * (MOST_LETTERS + 1) in answer.text
    assert 'value="2" required checked' in answer.text
    huge = await customer.send(link, rating=2, comment="z" * 900_000)
    assert (huge.status_code, len(huge.text) < 20_000) == (422, True)
    assert (await customer.send(link, rating=2, comment="z" * 1_100_000)).status_code == 413
    assert await customer.kept() == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"&".join([b"a=1"] * 50), b"rating=%ff&comment=%ED%A0%80"])
async def test_a_body_that_is_no_form_is_no_vote(customer: Customer, body: bytes) -> None:
    link = await customer.link()
    assert (await customer.browser.post(link, content=body, headers=FORM)).status_code == 422
    assert await customer.kept() == []


async def test_halves_of_characters_are_replaced(customer: Customer) -> None:
    link = await customer.link()
    answer = await customer.browser.post(link, content=b"rating=3&comment=a%ED%A0%80b%FFc", headers=FORM)
    assert answer.status_code == 200
    ((_, comment),) = await customer.kept()
    assert comment is not None
    assert comment[0] + comment[-1] == "ac"


async def test_who_tries_too_often_waits(customer: Customer) -> None:
    link = await customer.link()
    answers = [await customer.browser.get(link) for _ in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [200] * MOST + [429]
    assert EN["busy_text"] in said(answers[-1])
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await customer.browser.get(await customer.link())).status_code == 200, "another order's customer"


async def test_the_page_lets_nothing_in_and_tells_nobody(customer: Customer) -> None:
    answer = await customer.browser.get(await customer.link())
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_it_is_no_part_of_the_document(customer: Customer) -> None:
    document = (await customer.browser.get("/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith("/f/")]
