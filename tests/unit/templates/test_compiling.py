import pytest

from tidings.templates.compiling import FAULTS, Scene, compile_markup, compile_text, compile_words
from tidings.templates.errors import Unrenderable

MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text align='[[ start ]]'>{}</mj-text></mj-column></mj-section>"
    "</mj-body></mjml>"
)


def words(source: str, **names: object) -> str:
    return compile_words(source, "here")(Scene(dict(names)))


def test_words_name_choose_and_repeat():
    assert words("No {{ gaps }} here", gaps="gaps") == "No gaps here"
    assert words("{% if more %}a{% else %}b{% endif %}", more=[]) == "b"
    assert words("{% for q, n in rows %}{{ q }}{{ n }};{% endfor %}", rows=[(1, "a"), (2, "b")]) == "1a;2b;"
    assert words("plain < & >") == "plain < & >"


def test_a_value_is_never_read_as_a_template():
    assert words("{{ name }}", name="{{ 7*7 }}{% raw %}{# x #}") == "{{ 7*7 }}{% raw %}{# x #}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody }}",
        "{% if nobody %}x{% endif %}",
        "{{ name.__class__.__mro__ }}",
        "{{ name.upper() }}",
        "{{ name['__class__'] }}",
        "{{ name[0] }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%s' % name }}",
        "{{ rows.append(1) }}",
        "{% for x in rows %}{{ loop.index }}{% endfor %}",
        "{{ range(9) }}",
        "{{ self.x }}",
        "{% if name is defined %}{% endif %}",
        "{{ lipsum }}",
        "{{ cycler.__init__ }}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% extends 'x' %}",
        "{{ name() }}",
    ],
)
def test_anything_else_is_refused(source):
    with pytest.raises((*FAULTS, Unrenderable)):
        words(source, name="Ada", rows=[1])


@pytest.mark.parametrize("source", ["{{ name", "{% if %}", "{{ name | upper }}", "{% do x %}"])
def test_what_cannot_be_compiled_is_refused_when_it_is_loaded(source):
    with pytest.raises(Unrenderable, match=r"here: cannot be compiled"):
        compile_words(source, "here")


def test_html_escapes_every_value_and_text_does_not():
    hostile = "<script>'\"&"
    html = compile_markup(MJML.format("{{ name }}"), "here", right_to_left=False)(Scene({"name": hostile}))
    assert "&lt;script&gt;&#39;&#34;&amp;" in html
    assert hostile not in html
    assert compile_text("{{ name }}", "here")(Scene({"name": hostile})) == hostile


def test_html_has_its_direction_built_in():
    assert 'align="right"' in compile_markup(MJML.format("x"), "here", right_to_left=True)(Scene({}))
    assert 'align="left"' in compile_markup(MJML.format("x"), "here", right_to_left=False)(Scene({}))


def test_html_asks_nobody_for_fonts():
    assert "http" not in compile_markup(MJML.format("x"), "here", right_to_left=False)(Scene({})).replace(
        "http://www.w3.org", ""
    ).replace("http-equiv", "")


def test_text_layouts_do_without_the_lines_of_their_tags():
    assert compile_text("a\n{% if yes %}\n  {{ yes }}\n{% endif %}\nb", "here")(Scene({"yes": "y"})) == "a\n  y\nb"


@pytest.mark.parametrize("source", ["<mjml>", "nothing of the kind", "<mjml><mj-body></mjml>"])
def test_what_is_not_mjml_is_refused(source):
    with pytest.raises(Unrenderable, match=r"here: is not MJML"):
        compile_markup(source, "here", right_to_left=False)
