"""Reserved names force what the sandbox answers."""

import pytest

from tests.architecture.source import ROOT
from tests.contract.verifying import question
from tidings.adapters.sandbox.verifier import RESERVED_ANSWERS, answer_to
from tidings.verification.ports import Failed, NotYet, Passed, QuestionLine, Silent

EXPECTED = {
    "pi_declined": Failed, "pi_underpaid": Failed, "pi_pending": NotYet, "pi_slow": Passed, "pi_silent": Silent,
    "SANDBOX-SOLD-OUT": Failed, "SANDBOX-PENDING": NotYet, "SANDBOX-SLOW": Passed, "SANDBOX-SILENT": Silent,
}  # fmt: skip


def test_every_reserved_name_forces_its_answer() -> None:
    assert {name for reserved in RESERVED_ANSWERS.values() for name in reserved} == set(EXPECTED)
    for name, expected in EXPECTED.items():
        payment = question("payment", payment_reference=name)
        stock = question("stock", lines=[QuestionLine("TEA", 1), QuestionLine(name, 1)])
        asked = payment if name.startswith("pi_") else stock
        assert isinstance(answer_to(asked).verdict, expected)


@pytest.mark.parametrize("reference", [None, "", "pi_123", "PI_DECLINED", "pi_declined_2", "SANDBOX-SOLD-OUT"])
def test_anything_else_is_paid(reference: str | None) -> None:
    assert isinstance(answer_to(question("payment", payment_reference=reference)).verdict, Passed)


def test_a_tag_behind_the_name_makes_it_another_payment_with_the_same_answer() -> None:
    assert isinstance(answer_to(question("payment", payment_reference="pi_declined+2")).verdict, Failed)


def test_of_several_articles_the_worst_one_counts() -> None:
    lines = [QuestionLine("SANDBOX-SLOW", 1), QuestionLine("SANDBOX-SOLD-OUT", 1)]
    assert isinstance(answer_to(question("stock", lines=lines)).verdict, Failed)
    assert isinstance(answer_to(question("stock")).verdict, Passed)


def test_the_manual_names_them_all() -> None:
    manual = (ROOT / "docs/sandbox.md").read_text("utf-8")
    for check, reserved in RESERVED_ANSWERS.items():
        for name, answer in reserved.items():
            assert f"| {check.title()} | `{name}` | {answer.about} |" in manual
