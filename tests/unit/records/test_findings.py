"""What was found is counted, and told as far as it can be read."""

from tidings.records.findings import MOST_TOLD, Finding, Findings


def test_all_are_counted_and_the_first_ones_told() -> None:
    findings = Findings()
    assert not findings
    for place in range(MOST_TOLD + 5):
        findings.add(Finding(kind="record_changed", detail="Its row is not what was sealed.", first=place, last=place))
    assert findings
    assert findings.counts["record_changed"] == MOST_TOLD + 5
    assert [each.first for each in findings.told] == list(range(MOST_TOLD))
