from tests.fixtures.templates import CATALOGUE
from tidings.kit.ids import new_id, parse
from tidings.templates.stored.built_in import built_in_body, built_in_id, built_in_milestone, built_in_wire_id


def test_a_built_in_version_is_known_by_an_id_like_every_other(templates):
    for milestone in templates.milestones:
        version_id = parse("tpl", built_in_wire_id(templates, milestone))
        assert built_in_milestone(templates, version_id) == milestone
    assert built_in_id("order_confirmation", 1) != built_in_id("order_confirmation", 2)
    assert built_in_milestone(templates, new_id()) is None
    assert built_in_milestone(templates, None) is None


def test_it_says_what_its_files_say(templates):
    body = built_in_body(templates, "order_completed")
    assert body["wording"] == CATALOGUE.milestones["order_completed"].wording
    assert "<blocks />" in body["layout"]["mjml"]
    assert "<blocks />" in body["layout"]["text"]
