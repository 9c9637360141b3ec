"""What a storefront decides for itself."""

import pytest
from pydantic import ValidationError

from tidings.storefronts.policy import Policy, policy_of


def test_an_empty_policy_has_defaults() -> None:
    assert policy_of({}) == Policy() == Policy(order_number_prefix="T-")


def test_what_is_stored_counts_and_what_a_later_version_stored_is_left_out() -> None:
    assert policy_of({"order_number_prefix": "W-", "from_tomorrow": 1}).order_number_prefix == "W-"


@pytest.mark.parametrize("prefix", ["", "-", "a b", "x" * 17, "Ä-"])
def test_a_prefix_is_short_and_plain(prefix: str) -> None:
    with pytest.raises(ValidationError):
        Policy(order_number_prefix=prefix)


def test_a_payment_method_may_have_a_rule_of_its_own() -> None:
    rules = Policy.model_validate(
        {"verification": {"payment": "provider", "payment_by_method": {"invoice": "agreed", "bank_transfer": "manual"}}}
    ).verification
    methods = ("card", "invoice", "bank_transfer", None)
    assert [rules.payment_of(method) for method in methods] == ["provider", "agreed", "manual", "provider"]
    assert Policy().verification.payment_of("card") == "manual"


@pytest.mark.parametrize(
    "verification",
    [
        {"payment_by_method": {"": "agreed"}},
        {"payment_by_method": {"a\x00": "agreed"}},
        {"payment_by_method": {"x" * 61: "agreed"}},
        {"payment_by_method": {"card": "ledger"}},
        {"payment_by_method": {f"m{n}": "agreed" for n in range(51)}},
        {"accuracy": "ledger"},
        {"accuracy": "ledger", "stock": "provider"},
    ],
)
def test_a_verification_that_makes_no_sense_is_refused(verification: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate({"verification": verification})
