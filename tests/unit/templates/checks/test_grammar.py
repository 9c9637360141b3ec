import pytest

from tidings.templates.checks.grammar import MAX_DEPTH, faults_in

KNOWN = frozenset({"number", "items", "rows", "remaining"})


@pytest.mark.parametrize(
    "source",
    [
        "Order #{{ number }}",
        "{% if remaining %}Still to come: {{ remaining }}{% elif items %}{{ items }}{% else %}All of it{% endif %}",
        "{% if remaining and not items or number %}x{% endif %}",
        "{% for title, values in rows %}{{ title }}{% for value in values %}{{ value }}{% endfor %}{% endfor %}",
        "{% for a, b in rows %}{% for c in a %}{{ b }}{% endfor %}{% for c in b %}{{ a }}{% endfor %}{% endfor %}",
        "{# what nobody sees #}{% raw %}as it is{% endraw %}",
    ],
)
def test_names_choices_and_lists_are_all_that_wording_needs(source):
    assert list(faults_in(source, KNOWN)) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ nubmer }}", "names nubmer, which is not known here"),
        ("{% if remainder %}x{% endif %}", "names remainder, which is not known here"),
        ("{% for row in rwos %}{% endfor %}", "names rwos, which is not known here"),
        ("{{ number", "cannot be read: unexpected end of template, expected 'end of print statement'."),
        ("{% if number %}", None),
        ("{{ number.__class__ }}", "may not use looking into a name with a dot"),
        ("{{ number['__class__'] }}", "may not use looking into a name with brackets"),
        ("{{ range(10) }}", "may not use calls"),
        ("{{ number() }}", "may not use calls"),
        ("{{ number|upper }}", None),
        ("{{ number is defined }}", None),
        ("{{ 'a' * 1000000000 }}", "may not use mul"),
        ("{{ 10 ** 10 ** 10 }}", "may not use pow"),
        ("{{ 'a' ~ 'a' }}", "may not use joining with ~"),
        ("{{ 'a' }}", "may not use values of its own"),
        ("{{ [1, 2] }}", "may not use values of its own"),
        ("{{ number if items else remaining }}", "may not use inline choices; write {% if %}"),
        ("{% if number == items %}x{% endif %}", "may not use comparisons"),
        ("{% set x = number %}", "may not use {% set %}"),
        ("{% set x %}{{ number }}{% endset %}", "may not use {% set %}"),
        ("{% macro x() %}{{ x() }}{% endmacro %}", "may not use {% macro %}"),
        ("{% call number() %}x{% endcall %}", "may not use {% call %}"),
        ("{% include 'layouts/email.txt' %}", "may not use {% include %}"),
        ("{% import 'x' as y %}", "may not use {% import %}"),
        ("{% extends 'x' %}", "may not use {% extends %}"),
        ("{% block x %}{{ self.x() }}{% endblock %}", "may not use {% block %}"),
        ("{% for a in rows recursive %}{{ loop(a) }}{% endfor %}", None),
        ("{% for a in rows if a %}{% endfor %}", "may use {% for name in names %} only in its plain form"),
        ("{% for a in (number, items) %}{% endfor %}", "may repeat only over a name"),
        (
            "{% for a in rows %}{% for b in rows %}{% endfor %}{% endfor %}",
            "may repeat inside another repetition only over what that one has in hand, not over rows",
        ),
        (
            "{% for a in rows %}{% for b in a %}{% for c in a %}{% endfor %}{% endfor %}{% endfor %}",
            "may repeat inside another repetition only over what that one has in hand, not over a",
        ),
        (
            "{% for ((a, b),) in rows %}{% for c in rows %}{% endfor %}{% endfor %}",
            "may repeat inside another repetition only over what that one has in hand, not over rows",
        ),
        (
            "{% for a, b in rows %}{% for c in a %}{% for d in b %}x{% endfor %}{% endfor %}{% endfor %}",
            "may repeat inside another repetition only over what that one has in hand, not over b",
        ),
        (
            "{% if number %}" * (MAX_DEPTH + 1) + "{% endif %}" * (MAX_DEPTH + 1),
            "has more than 8 tags inside each other",
        ),
        ("{{ " + "(" * 5000 + "number" + ")" * 5000 + " }}", "is nested too deeply"),
        ("{% if " + "not " * 5000 + "number %}{% endif %}", "is nested too deeply"),
    ],
)
def test_what_could_cost_or_reach_anything_is_refused(source, told):
    found = list(faults_in(source, KNOWN))
    assert found
    assert told is None or told in found
