"""The one spelling of an address."""

from tidings.delivery.suppress import canonical


def test_mailboxes_that_differ_in_case_alone_are_one() -> None:
    assert canonical("email", " Ada@Example.COM ") == "ada@example.com"


def test_numbers_and_tokens_are_kept_to_the_letter() -> None:
    assert canonical("sms", " +4915112345678") == "+4915112345678"
    assert canonical("push", "aB:c") == "aB:c"
