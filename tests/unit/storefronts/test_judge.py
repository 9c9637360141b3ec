"""Judged before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.judge import judged


@dataclass
class Verdict:
    settings: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass
class Catalogue:
    verdict: Verdict

    def check(self, channel: str, name: str, settings: Mapping[str, object], secrets: Mapping[str, object]) -> Verdict:
        return self.verdict


def test_what_the_provider_takes_is_stored_as_it_says() -> None:
    verdict = Verdict({"from": "+1"}, {"token": "t"})
    assert judged(Catalogue(verdict), "live", ("sms", "twilio"), {}, {}) is verdict


def test_everything_that_is_wrong_is_told_at_once() -> None:
    fault = Fault("/settings/from", "is required")
    with pytest.raises(InvalidInput) as refused:
        judged(Catalogue(Verdict(faults=(fault,))), "test", ("sms", "twilio"), {}, {})
    assert [one.pointer for one in refused.value.faults] == ["/provider", "/settings/from"]


def test_test_mode_reaches_only_the_sandbox() -> None:
    with pytest.raises(InvalidInput) as refused:
        judged(Catalogue(Verdict()), "test", ("sms", "twilio"), {}, {})
    assert refused.value.faults[0].pointer == "/provider"
    judged(Catalogue(Verdict()), "test", ("sms", "sandbox"), {}, {})
    judged(Catalogue(Verdict()), "live", ("sms", "sandbox"), {}, {})
