import re
from pathlib import Path

import pytest

from tidings.storefronts.kinds import CHANNELS
from tidings.templates import samples
from tidings.templates.brevity import PLENTY, phrases
from tidings.templates.catalogue import FIELDS, FILES, read
from tidings.templates.errors import Unrenderable


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(Unrenderable) as caught:
        read(folder)
    return str(caught.value)


def test_every_channel_has_its_fields():
    assert set(FIELDS) == set(CHANNELS)


def test_the_wording_of_the_product_is_read():
    found = read()
    assert {"order_confirmation", "order_dispatched", "order_delivered", "order_incomplete"} <= found.milestones.keys()
    for milestone in found.milestones.values():
        assert {"en", "de", "fr", "es"} <= milestone.wording.keys()
        assert milestone.version >= 1


def test_a_layout_has_its_blocks_in_order(wording):
    layout = read(wording).layout("txt", ("facts", "contact"))
    assert "<blocks />" not in layout
    assert layout.index("label_order_number") < layout.index("label_questions") < layout.index("label_regards")


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (
            "order_confirmation/en.toml",
            "[sms]",
            "[text]",
            "order_confirmation/en.toml: words email, text, push, voice instead of",
        ),
        (
            "order_confirmation/en.toml",
            "preheader",
            "preheading",
            "order_confirmation/en.toml: [email] must have exactly subject",
        ),
        (
            "order_confirmation/en.toml",
            'heading = "We',
            'heading = 7 # "We',
            "order_confirmation/en.toml: [email] must have exactly",
        ),
        ("order_confirmation/en.toml", "[sms]", "[sms", "order_confirmation/en.toml: cannot be read: TOMLDecodeError"),
        (
            "order_confirmation/template.toml",
            "blocks",
            "block",
            "order_confirmation/template.toml: has unknown entries: block",
        ),
        (
            "order_confirmation/template.toml",
            '"order",',
            '"odrer",',
            "order_confirmation/template.toml: needs unknown sections: odrer",
        ),
        ("labels/en.toml", "[missing]", "[lacking]", "labels/en.toml: lacks 'missing'"),
        ("labels/en.toml", "[promise]", "[promises]", "labels/en.toml: lacks 'promise'"),
        (
            "order_confirmation/template.toml",
            '"facts",',
            '"fcats",',
            "order_confirmation/template.toml: has unknown blocks: blocks/fcats.mjml, blocks/fcats.txt",
        ),
    ],
)
def test_a_misspelt_file_is_refused_by_name(wording, path, old, new, told):
    spoil(wording / path, old, new)
    assert refusal(wording).startswith(told)


def test_a_folder_without_its_plan_is_refused(wording):
    (wording / "order_confirmation" / "template.toml").unlink()
    assert refusal(wording) == "order_confirmation/template.toml: cannot be read: FileNotFoundError"


def test_a_language_without_labels_is_refused(confirmation):
    (confirmation / "labels" / "fr.toml").unlink()
    assert refusal(confirmation) == "order_confirmation/fr.toml: has no labels"


def test_wording_without_versions_is_at_version_zero(wording):
    (wording / "versions.toml").unlink()
    assert {milestone.version for milestone in read(wording).milestones.values()} == {0}


def test_the_manual_of_the_wording_lists_every_name_there_is(templates):
    table = (FILES / "README.md").read_text("utf-8").partition("| needs |")[2].replace("`label_…`", "")
    listed = {
        name for row in table.splitlines() if row.startswith("|") for name in re.findall(r"`(\w+)`", row.split("|")[2])
    }
    spoken = {"number_spoken", "placed_spoken", "total_spoken"}
    laid_out = {"subject", "preheader", "heading", "paragraphs", "markup"}
    there = spoken | laid_out
    for milestone in templates.milestones:
        for channel in ("email", "sms"):
            material = templates.material(samples.request(milestone, channel, "en", "long"))
            there |= material.names.keys() | phrases(material, PLENTY, "x ").keys()
    assert listed == {name for name in there if not name.startswith("label_")}
