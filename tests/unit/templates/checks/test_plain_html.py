import pytest

from tidings.templates.checks.plain_html import Comment, Element, NotPlain, Words, tokens_of


def test_html_is_elements_words_and_comments():
    html = """<!doctype html><P Class='a "b"' hidden TITLE = "&lt;c&gt;">x > y<br/></p><!--[if mso]><td><![endif]-->"""
    assert list(tokens_of(html)) == [
        Element("p", (("class", 'a "b"'), ("hidden", ""), ("title", "<c>"))),
        Words("x > y"),
        Element("br", ()),
        Comment("[if mso]><td><![endif]"),
    ]


@pytest.mark.parametrize("name", ["style", "script", "title"])
def test_where_nothing_but_the_end_is_a_tag_the_words_say_so(name):
    assert list(tokens_of(f"<{name}>a</{name.upper()} >b")) == [Element(name, ()), Words("a", name), Words("b")]
    assert list(tokens_of(f"<{name}></{name}>")) == [Element(name, ()), Words("", name)]


@pytest.mark.parametrize(
    "html",
    [
        "a < b", "<", "<b", "<b x=1>", '<b x="1"y="2">', '<b x="1>', '<b "x">', "<b\x0bx>", "<b x\x00>", "<1>", "</>",
        "<!-->", "<!--->", "<!-- --!>", "<!-- ", "<!x>", "<![CDATA[]]>", "<?x?>", "<style>", "<title><b></title>",
        "<script>a</style>", "<b {{ x }}>", "<{{ x }}>", "<b x={{ x }}>", "</b x>",
        "<\u017fcript>", "<script>a</\u017fcript>",
    ],
)  # fmt: skip
def test_what_could_be_read_otherwise_is_not_read(html):
    with pytest.raises(NotPlain, match="cannot be read for certain from"):
        list(tokens_of(html))


def test_much_of_it_is_read_quickly_and_so_is_what_never_ends():
    assert len(list(tokens_of('<b a="b" c>x</b>' * 50_000))) == 100_000
    for endless in ("<b" + " a" * 500_000, "<b " + " " * 500_000, "<b" + ' a="b"' * 100_000 + "<"):
        with pytest.raises(NotPlain):
            list(tokens_of(endless))
