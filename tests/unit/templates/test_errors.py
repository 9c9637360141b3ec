from tidings.templates.errors import Unrenderable


def test_a_refusal_says_what_and_where():
    refusal = Unrenderable("is missing", "/order/number")
    assert (refusal.reason, refusal.where, str(refusal)) == ("is missing", "/order/number", "/order/number: is missing")
