"""What the workshop answers; that it is a process of its own is workshop.py's affair."""

import json
from dataclasses import asdict

import pytest

from tests.fixtures.templates import WORDING, built_in_layout
from tidings.templates import samples
from tidings.templates.checks.examine import Version
from tidings.templates.workshop import done

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ number.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ self._TemplateReference__context }}",
    "{% for a in range(10**9) %}{{ a }}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% for a in shop_imprint recursive %}{{ loop(shop_imprint) }}{% endfor %}",
    "{{ lipsum(n=1000000) }}",
    "{{ namespace(x=1) }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{{ number|attr('__class__') }}",
    "{{ number.format(number) }}",
    "{% for a in shop_imprint %}" * 30 + "x" + "{% endfor %}" * 30,
    "{{ " * 10_000,
    "{{ (" * 3_000 + "number" + ") }}" * 3_000,
    "{% raw %}{{ number }}",
]


def examined(templates, wording, layout=None):
    return done(templates, {"examine": asdict(Version("order_confirmation", 101, wording, layout))})


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("place", ["sms", "layout"])
def test_hostile_wording_is_refused_and_does_nothing(templates, source, place):
    if place == "sms":
        answer = examined(templates, {"en": {"sms": {"text": source[:4000]}}})
    else:
        layout = built_in_layout()
        answer = examined(templates, {}, layout | {"text": layout["text"] + source})
    assert answer["faults"]
    assert answer["layout"] is None or place == "sms"
    assert "root:" not in json.dumps(answer)


def test_a_version_is_examined_and_a_message_rendered(templates):
    version = asdict(Version("order_confirmation", 101, WORDING))
    assert done(templates, {"examine": version}) == {"faults": [], "warnings": [], "layout": None}
    request = asdict(samples.request("order_confirmation", "sms", "de"))
    answer = done(templates, json.loads(json.dumps({"render": request, "version": version})))
    assert answer["rendered"]["text"].startswith("Hooray! Order #W-10045 is here")


def test_what_cannot_be_rendered_is_told(templates):
    request = asdict(samples.request("order_dispatched", "sms", "de")) | {"snapshot": {"order": {}}}
    answer = done(templates, {"render": request, "version": None})
    assert answer["unrenderable"]["where"].startswith("/")
