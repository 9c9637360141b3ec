from tidings.templates.catalogue import FILES, read
from tidings.templates.versions import stamp, unstamped


def test_no_wording_has_changed_without_a_new_version():
    """If this fails, run `tidings templates stamp`: messages keep the number of the version that worded them."""
    assert unstamped(read(FILES)) == []


def test_a_changed_word_is_a_new_version_of_its_milestone_alone(wording):
    path = wording / "order_delivered" / "fr.toml"
    path.write_text(path.read_text("utf-8").replace("Livré", "Remis"), "utf-8")
    before = {name: milestone.version for name, milestone in read(wording).milestones.items()}
    assert unstamped(read(wording)) == ["order_delivered"]
    assert stamp(wording) == ["order_delivered"]
    after = {name: milestone.version for name, milestone in read(wording).milestones.items()}
    assert after == before | {"order_delivered": before["order_delivered"] + 1}
    assert unstamped(read(wording)) == []
    assert stamp(wording) == []


def test_a_changed_label_is_a_new_version_of_all(wording):
    path = wording / "labels" / "de.toml"
    path.write_text(path.read_text("utf-8") + "# .\n", "utf-8")
    assert set(unstamped(read(wording))) == set(read(wording).milestones)


def test_a_changed_block_is_a_new_version_of_those_that_use_it(wording):
    path = wording / "blocks" / "parcel.mjml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert unstamped(read(wording)) == [
        "delivery_exception", "order_delivered", "order_dispatched", "shipment_returned",
    ]  # fmt: skip


def test_versions_that_were_stay(wording):
    path = wording / "labels" / "en.toml"
    path.write_text(path.read_text("utf-8") + "# .\n", "utf-8")
    old = read(wording).milestones["order_confirmation"].digests
    stamp(wording)
    assert read(wording).milestones["order_confirmation"].digests[:-1] == old


def test_the_first_stamp_writes_the_file(wording):
    (wording / "versions.toml").unlink()
    assert set(stamp(wording)) == set(read(wording).milestones)
    assert {milestone.version for milestone in read(wording).milestones.values()} == {1}
