import pytest

from tidings.templates.checks.as_sent import as_sent


@pytest.mark.parametrize(
    ("layout", "left"),
    [
        ('<b title="{#">#}" x="y">', '<b title="" x="y">'),
        ('<b title="{#- ">-#} " x="y">', '<b title="" x="y">'),
        ("<{% raw %}b{% endraw %}>", "<b>"),
        ("{{name}}{{  name  }}", "{{ name }}{{ name }}"),
        ("{% if a %}x{% elif b %}y{% else %}z{% endif %}", "{%0%}x{%0%}y{%0%}z{%0%}"),
        ("{% if a %}x{% endif %}", "{%0%}x{%0%}{%0%}"),
        ("{% for a in b %}{% if a %}{{ a }}{% endif %}{% endfor %}", "{%0%}{%1%}{{ a }}{%1%}{%1%}{%0%}{%0%}"),
        # As layouts are read: the rest of a tag's line goes with it.
        ("<p>\n  {% if a %}\n<b>{% endif %}", "<p>\n{%0%}<b>{%0%}{%0%}"),
        ("{{ a.b }}{% set a = b %}", "{{ ? }}{{ ? }}"),
    ],
)
def test_tags_in_braces_are_gone_and_choices_have_left_their_mark(layout, left):
    assert as_sent(layout).html == left


def test_names_that_are_given_in_repetitions_are_told():
    layout = "{% for a in x %}{% for b, (c, d) in a %}{{ e }}{% endfor %}{% endfor %}"
    assert as_sent(layout).renamed == {"a", "b", "c", "d"}
