"""What is asked of the templates."""

from dataclasses import replace

from tidings.templates import samples
from tidings.templates.messages import LINKS


def test_links_that_nobody_gives_are_empty_names_and_those_that_are_given_are_checked(templates):
    given = {"documents": "https://shop.example/d/x", "feedback": "javascript:x"}
    asked = replace(samples.request("order_confirmation", "email", "en"), links=given)
    names = templates.material(asked).names
    assert {name: names[f"{name}_url"] for name in LINKS} == {
        "order": "", "documents": "https://shop.example/d/x", "feedback": "",
    }  # fmt: skip
