"""Wire models of what is asked for: the request, its changes, the decision, the withdrawal, a refund's outcome."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from tidings.changes.kinds import ChangeKind, DecisionOutcome, ManualOutcome, RequestedBy, Via
from tidings.kit.fields import MANY_LINES, Asked, Label
from tidings.kit.money import Money
from tidings.orders.amendments import AddressChanges, EstimatedDeliveryChanges
from tidings.orders.fields import Wire
from tidings.orders.schemas import MAX_LINES, PlaceLine

Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=MANY_LINES)]


class ContactChanges(Wire):
    """Where the customer is to be reached from now on."""

    is_partial: ClassVar[bool] = True

    email: str | None = Field(None, max_length=320, description="E-mail address", examples=["ada@example.com"])
    phone: str | None = Field(None, max_length=40, description="Phone number", examples=["+4915112345678"])


class LineChanges(PlaceLine):
    """One line as it is to be; what is left out is taken from the order's line of the same article."""

    is_partial: ClassVar[bool] = True


class Changes(Wire):
    """A JSON Merge Patch upon the order: what is named is changed, null takes it away, everything else stays."""

    is_partial: ClassVar[bool] = True

    shipping_address: AddressChanges | None = Field(None, description="Where the parcels go")
    billing_address: AddressChanges | None = Field(None, description="Where the invoice goes")
    customer: ContactChanges | None = Field(None, description="Where the customer is reached")
    estimated_delivery: EstimatedDeliveryChanges | None = Field(None, description="When it is to arrive")
    lines: list[LineChanges] | None = Field(
        None, max_length=MAX_LINES, description="All lines anew; the total is worked out from them"
    )


class ChangeToRequest(Asked):
    """What a customer, or staff, wants to be done about an order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "cancellation", "reason": "ordered twice", "requested_by": "customer", "via": "phone"},
                {
                    "kind": "modification",
                    "reason": "moving house",
                    "changes": {"shipping_address": {"line1": "Chausseestr. 5"}},
                    "requested_by": "customer",
                    "via": "email",
                },
            ]
        }
    )

    kind: ChangeKind = Field(description="Whether the order is to be changed, or not to be at all")
    reason: Words | None = Field(None, description="Why, in the words of whoever asks", examples=["ordered twice"])
    changes: Changes | None = Field(None, description="What is to be different; of a modification only")
    requested_by: RequestedBy = Field("customer", description="Who wants it")
    via: Via = Field("api", description="By which way the wish came in")


class RefundNamed(Asked):
    """What goes back, if it is to be another amount than the policy's."""

    amount: Money = Field(description="At most what was paid and has not gone back yet; 0: nothing goes back")


class ChangeDecision(Asked):
    """An approver's word."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"outcome": "approved", "reason": "nothing has been packed yet"},
                {"outcome": "declined", "reason": "The parcel has been packed already."},
            ]
        }
    )

    outcome: DecisionOutcome = Field(description="`declined` by one is declined")
    reason: Words | None = Field(None, description="Why; the customer reads it", examples=["nothing is packed yet"])
    refund: RefundNamed | None = Field(None, description="Absent: what the policy's terms make")


class ChangeWithdrawal(Asked):
    """Whoever asked does not want it any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "has changed her mind"}]})

    reason: Words | None = Field(None, description="Why, for the record", examples=["has changed her mind"])


class OutcomeOfRefund(Asked):
    """What became of money that was paid back by hand."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "succeeded", "reference": "SEPA 2026-11-24/17"}]}
    )

    outcome: ManualOutcome = Field(description="`succeeded`: the money is on its way")
    reference: Label | None = Field(None, description="By which it is found", examples=["SEPA 2026-11-24/17"])
    reason: Label | None = Field(
        None, description="Why it could not; kept beside the record", examples=["account closed"]
    )
