"""The guard of copies of production."""

from tidings.delivery.guard import Guard, Passed, Stopped, guard_of


def test_without_rules_everybody_is_written_to() -> None:
    assert Guard().judge("email", "ada@example.com") == Passed("ada@example.com")


def test_the_allow_list_knows_addresses_domains_and_prefixes() -> None:
    guard = Guard(allow=("ada@example.com", "@shop.example", "+49"))
    assert guard.judge("email", "Ada@Example.com") == Passed("Ada@Example.com")
    assert guard.judge("email", "anybody@SHOP.example") == Passed("anybody@SHOP.example")
    assert guard.judge("sms", "+4915112345678") == Passed("+4915112345678")
    assert guard.judge("email", "bob@example.com") == Stopped()
    assert guard.judge("sms", "+14155550100") == Stopped()


def test_a_domain_does_not_match_in_the_middle() -> None:
    assert Guard(allow=("@shop.example",)).judge("email", "eve@shop.example.evil.test") == Stopped()


def test_a_copy_that_redirects_writes_to_no_customer_by_what_has_no_redirect() -> None:
    both = Guard(redirect_email="qa@shop.example", redirect_phone="+4930")
    assert both.judge("push", "token") == Stopped()
    mail_alone = Guard(redirect_email="qa@shop.example")
    assert mail_alone.judge("sms", "+4915112345678") == Stopped()
    assert mail_alone.judge("voice", "+4915112345678") == Stopped()


def test_the_redirect_takes_what_is_not_allowed_with_a_banner() -> None:
    guard = Guard(allow=("@shop.example",), redirect_email="qa@shop.example", redirect_phone="+4930")
    passed = guard.judge("email", "ada@example.com")
    assert isinstance(passed, Passed)
    assert passed.to == "qa@shop.example"
    assert passed.banner is not None
    assert "ada@example.com" in passed.banner
    assert guard.judge("voice", "+4915112345678") == Passed(
        "+4930", "Not a live message. It was meant for +4915112345678."
    )
    assert guard.judge("push", "token") == Stopped()
    assert guard.judge("email", "x@shop.example") == Passed("x@shop.example")


def test_any_rule_makes_it_a_copy() -> None:
    rules = (Guard(allow=("@shop.example",)), Guard(redirect_email="qa@shop.example"), Guard(redirect_phone="+4930"))
    assert all(guard_of(guard).is_on for guard in rules)
    assert not guard_of(Guard()).is_on
