"""Keeps copies of production from writing to customers: an allow-list, or a redirect with a banner."""

from dataclasses import dataclass
from typing import Protocol

from tidings.storefronts.kinds import Channel


@dataclass(frozen=True, slots=True)
class Passed:
    """Where a message may go; the banner says in it whom it was meant for."""

    to: str
    banner: str | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The recipient is not on the allow-list."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The deployment's rule about recipients; lets everything pass when nothing is set."""

    # Full addresses, `@domain` or number prefixes (`+49`).
    allow: tuple[str, ...] = ()
    redirect_email: str | None = None
    redirect_phone: str | None = None

    @property
    def is_on(self) -> bool:
        """Whether this is a copy of production."""
        return bool(self.allow or self.redirect_email or self.redirect_phone)

    def names(self, to: str) -> bool:
        """Whether the allow-list names this address."""
        return any(_matches(rule, to) for rule in self.allow)

    def judge(self, channel: Channel, to: str) -> Passed | Stopped:
        """Where a message to this address goes."""
        if self.names(to):
            return Passed(to)
        redirect = self._redirect(channel)
        if redirect is not None:
            return Passed(redirect, banner=f"Not a live message. It was meant for {to}.")
        # Whoever redirects runs a copy: no customer is written to by a channel without a redirect, such as push.
        return Stopped() if self.is_on else Passed(to)

    def _redirect(self, channel: Channel) -> str | None:
        match channel:
            case "email":
                return self.redirect_email
            case "sms" | "voice":
                return self.redirect_phone
            case "push":
                return None


class Rules(Protocol):
    """What the deployment says of itself: its settings fulfil it."""

    @property
    def allow(self) -> tuple[str, ...]:
        """See Guard."""
        ...

    @property
    def redirect_email(self) -> str | None:
        """See Guard."""
        ...

    @property
    def redirect_phone(self) -> str | None:
        """See Guard."""
        ...


def guard_of(rules: Rules) -> Guard:
    """The guard of a deployment with these rules."""
    return Guard(rules.allow, rules.redirect_email, rules.redirect_phone)


def _matches(rule: str, to: str) -> bool:
    if rule.startswith("@"):
        return to.lower().endswith(rule.lower())
    return to.startswith(rule) if rule.startswith("+") else to.lower() == rule.lower()
