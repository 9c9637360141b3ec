from tidings.kit.problem import Fault
from tidings.orders.findings import Findings


def test_what_is_missing_and_what_is_wrong_are_kept_apart() -> None:
    findings = Findings()
    findings.lacks("/a")
    findings.refuse("/b", "is wrong")
    assert findings.missing == [Fault("/a", "is required")]
    assert findings.wrong == [Fault("/b", "is wrong")]
