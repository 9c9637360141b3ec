"""What a storefront decides for itself, as versioned data; every part has a default, so that an empty one will do.

Each version is kept (keep_rules.py), and whatever is decided by the policy names the version and the rule.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from tidings.kit.fields import ONE_LINE, Day, MailText, WebAddress
from tidings.storefronts.improvement import FeedbackRules, ReviewRules
from tidings.storefronts.kinds import ALWAYS_TOLD, STAFF_MILESTONES, Milestone
from tidings.storefronts.paperwork import Paperwork
from tidings.storefronts.terms import Retention
from tidings.storefronts.texts import Line, Prefix, Staff

Minor = Annotated[int, Field(ge=0, le=10**12)]

# Up to and including which status something may still be changed.
Until = Literal["received", "processing", "partially_shipped", "shipped", "never"]
Approval = Literal["automatic", "approver"]
ChangePart = Literal["cancellation", "shipping_address", "billing_address", "contact", "delivery_date", "lines"]
CHANGE_PARTS: Final[tuple[ChangePart, ...]] = get_args(ChangePart)


class _Part(BaseModel):
    # Nothing is taken for what it is not, whether it is asked for or comes from the store.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# Who says whether an order is paid; `agreed`: nobody has to, because it is paid later.
PaymentVerification = Literal["manual", "provider", "agreed"]
Method = Annotated[str, Field(min_length=1, max_length=60, pattern=ONE_LINE)]


class Verification(_Part):
    """Who says whether an order is paid and in stock (SOP 4.3)."""

    payment: Literal["manual", "provider"] = Field(
        "manual", description="`provider`: a connection of the channel `payment` is asked"
    )
    payment_by_method: Annotated[dict[Method, PaymentVerification], Field(max_length=50)] = Field(
        {},
        description="Payment methods, in the storefront's own words, for which something else holds than `payment` "
        "says. `agreed` (cash on delivery, invoice): paid later, so the check passes by itself",
        examples=[{"cash_on_delivery": "agreed", "invoice": "agreed", "bank_transfer": "manual"}],
    )
    stock: Literal["manual", "ledger", "provider"] = Field(
        "manual", description="`ledger`: tidings' own stock; `provider`: a connection of the channel `stock` is asked"
    )
    accuracy: Literal["none", "ledger"] = Field(
        "none", description="`ledger`: orders may name only articles of the stock ledger that are still sold (SOP 4.1)"
    )

    @field_validator("accuracy")
    @classmethod
    def _has_a_ledger(cls, value: str, info: ValidationInfo) -> str:
        if value == "ledger" and info.data.get("stock") != "ledger":
            message = "accuracy against the ledger needs `stock` to be `ledger`"
            raise ValueError(message)
        return value

    @property
    def has_payment_checks(self) -> bool:
        """Whether there are orders whose payment is not left to people."""
        return self.payment != "manual" or any(how != "manual" for how in self.payment_by_method.values())

    def payment_of(self, method: str | None) -> PaymentVerification:
        """Who says whether an order that is paid in this way is paid."""
        return self.payment_by_method.get(method or "", self.payment)


class ChangeRule(_Part):
    """What holds for one kind of change."""

    until: Until = Field(description="The last status in which it is possible; fewer `lines` also once a part arrived")
    approval: Approval = Field(description="`automatic`: approved by itself; `approver`: by somebody with authority")


class ChangeRules(_Part):
    """What may be changed or cancelled, until when, by whose approval, and on which terms (SOP 4.5)."""

    cancellation: ChangeRule = ChangeRule(until="processing", approval="approver")
    shipping_address: ChangeRule = ChangeRule(until="processing", approval="approver")
    billing_address: ChangeRule = ChangeRule(until="shipped", approval="approver")
    contact: ChangeRule = ChangeRule(until="shipped", approval="automatic")
    delivery_date: ChangeRule = ChangeRule(until="processing", approval="approver")
    lines: ChangeRule = ChangeRule(until="processing", approval="approver")
    automatic_for_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 30)] | None = Field(
        None,
        description="Cut-off: so long after receipt what is automatic is approved by itself; None: as long as possible",
    )
    two_approvers_from: Minor | None = Field(
        None, description="An order of this total or more (minor units) takes two different approvers"
    )
    cancellation_fee: Minor = Field(0, description="Kept back from the refund of a cancellation (minor units)")
    refund_shipping: bool = Field(default=True, description="Whether the price of shipping is refunded, too")
    refund_days: Annotated[int, Field(ge=1, le=60)] = Field(14, description="Within how many days money goes back")

    @field_validator("automatic_for_minutes")
    @classmethod
    def _ends_something(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and not _automatic(info.data):
            message = "says how long what is automatic is, and nothing is"
            raise ValueError(message)
        return value

    @field_validator("two_approvers_from")
    @classmethod
    def _leaves_something(cls, value: int | None, info: ValidationInfo) -> int | None:
        automatic = _automatic(info.data)
        if value == 0 and automatic:
            message = f"two approvers for every order, and yet automatic: {', '.join(automatic)}"
            raise ValueError(message)
        return value

    def of(self, part: ChangePart) -> ChangeRule:
        """The rule for one kind of change."""
        rule: ChangeRule = getattr(self, part)
        return rule


def _automatic(rules: Mapping[str, Any]) -> list[str]:
    """What is approved by itself, as far as it is sound."""
    return [part for part in CHANGE_PARTS if part in rules and rules[part].approval == "automatic"]


class Absence(_Part):
    """Days on which somebody is out, both included, in the shop's zone."""

    first: Day
    last: Day

    @field_validator("last")
    @classmethod
    def _forward(cls, value: date, info: ValidationInfo) -> date:
        if "first" in info.data and value < info.data["first"]:
            message = "is before the first"
            raise ValueError(message)
        return value


class Desk(_Part):
    """Who of the staff looks after promises and exceptions."""

    email: MailText | None = Field(
        None, description="Where warnings and missed promises are written to; none: tasks and events only"
    )
    owner: Staff | None = None
    delegate: Staff | None = Field(None, description="Takes over when the owner is out, or a promise was missed")
    delegate_email: MailText | None = None
    owner_out: Annotated[tuple[Absence, ...], Field(max_length=100, strict=False)] = ()
    escalate_after_minutes: Annotated[int, Field(ge=1, le=10_000)] = Field(
        30, description="A promise that is still broken so long after its due time goes on to the delegate"
    )

    @field_validator("delegate")
    @classmethod
    def _somebody_else(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value == info.data.get("owner"):
            message = "the delegate is the owner"
            raise ValueError(message)
        return value

    @field_validator("owner_out")
    @classmethod
    def _is_stood_in_for(cls, value: tuple[Absence, ...], info: ValidationInfo) -> tuple[Absence, ...]:
        if value and info.data.get("delegate") is None:
            message = "needs a delegate"
            raise ValueError(message)
        return value

    def is_owner_out(self, on: date) -> bool:
        """Whether the owner is away on a day of the shop's zone."""
        return any(absence.first <= on <= absence.last for absence in self.owner_out)

    def on_duty(self, on: date) -> str | None:
        """Who looks after it on a day of the shop's zone."""
        return self.delegate if self.is_owner_out(on) else self.owner


class PolicyDocument(_Part):
    """One of the company's policies that the procedure refers to (SOP 8)."""

    title: Line
    url: WebAddress | None = None
    version: Annotated[str, Field(min_length=1, max_length=40, pattern=ONE_LINE)]


class PolicyDocuments(_Part):
    """Order management, customer service, data protection: shown where they are applied."""

    order_management: PolicyDocument = PolicyDocument(title="Order Management Policy", version="1")
    customer_service: PolicyDocument = PolicyDocument(title="Customer Service Policy", version="1")
    data_protection: PolicyDocument = PolicyDocument(title="Data Protection and Retention Policy", version="1")


class Policy(_Part):
    """The rules of a shop that are not the procedure's own."""

    order_number_prefix: Prefix = Field(
        "T-", description="Before the numbers that tidings gives to orders which come without one"
    )
    verification: Verification = Verification()
    unpaid_expires_after_hours: Annotated[int, Field(ge=1, le=24 * 90)] | None = Field(
        None, description="An order whose payment check has not passed by then is cancelled; None: never"
    )
    completes_after_days: Annotated[int, Field(ge=0, le=365)] | None = Field(
        None, description="A delivered order is completed so long after its last parcel; None: by hand only"
    )
    issue_told_within_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = Field(
        30, description="Business minutes within which the customer is told of an issue"
    )
    issue_settled_within_minutes: Annotated[int, Field(ge=15, le=30 * 24 * 60)] = Field(
        480, description="Business minutes after which an issue goes on to the delegate, where it says nothing else"
    )
    not_told: Annotated[tuple[Milestone, ...], Field(max_length=20, strict=False)] = Field(
        (), description="Milestones that this shop's customers are not told of; not those that the procedure demands"
    )
    changes: ChangeRules = ChangeRules()
    desk: Desk = Desk()
    documents: PolicyDocuments = PolicyDocuments()
    paperwork: Paperwork = Paperwork()
    retention: Retention = Retention()
    feedback: FeedbackRules = FeedbackRules()
    reviews: ReviewRules = ReviewRules()

    @field_validator("not_told")
    @classmethod
    def _leaves_what_is_demanded(cls, value: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
        demanded = [milestone for milestone in value if milestone in ALWAYS_TOLD or milestone in STAFF_MILESTONES]
        if demanded:
            message = f"the procedure demands {', '.join(demanded)}"
            raise ValueError(message)
        return value

    @property
    def issue_told_within(self) -> timedelta:
        """As a duration."""
        return timedelta(minutes=self.issue_told_within_minutes)


def policy_of(stored: Mapping[str, Any]) -> Policy:
    """The policy as stored, with defaults for what is not; parts that a later version stored are left out."""
    return Policy.model_validate({name: stored[name] for name in Policy.model_fields if name in stored})
