"""Wire models of a change to an order: any part of what can be posted, nothing of it required (RFC 7396)."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from tidings.orders.parties import Address, Customer
from tidings.orders.schemas import (
    MAX_LINES,
    Charge,
    Discount,
    EstimatedDelivery,
    OrderDetails,
    Payment,
    PlaceLine,
)


class CustomerChanges(Customer):
    """What changes about the customer."""

    is_partial: ClassVar[bool] = True


class AddressChanges(Address):
    """What changes in an address."""

    is_partial: ClassVar[bool] = True


class ChargeChanges(Charge):
    """What changes about the price of shipping."""

    is_partial: ClassVar[bool] = True


class DiscountChanges(Discount):
    """What changes about the discount."""

    is_partial: ClassVar[bool] = True


class PaymentChanges(Payment):
    """What changes about the payment."""

    is_partial: ClassVar[bool] = True


class EstimatedDeliveryChanges(EstimatedDelivery):
    """What changes about the days of delivery."""

    is_partial: ClassVar[bool] = True


class OrderChanges(OrderDetails):
    """A JSON Merge Patch: what is named here is changed, null takes it away, everything else stays.

    An incomplete order takes everything; a complete one corrections of the customer, the addresses, the estimated
    delivery and the metadata.
    """

    is_partial: ClassVar[bool] = True
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"customer": {"phone": "+4915112345678"}, "estimated_delivery": {"to": "2027-01-31"}},
            ]
        }
    )

    customer: CustomerChanges | None = Field(None, description="Who ordered")
    billing_address: AddressChanges | None = Field(None, description="Where the invoice goes")
    shipping_address: AddressChanges | None = Field(None, description="Where the parcels go")
    shipping: ChargeChanges | None = Field(None, description="What shipping costs")
    discount: DiscountChanges | None = Field(None, description="What is taken off")
    payment: PaymentChanges | None = Field(None, description="How it is paid")
    estimated_delivery: EstimatedDeliveryChanges | None = Field(None, description="When it is expected to arrive")
    lines: list[PlaceLine] | None = Field(
        None, max_length=MAX_LINES, description="All lines anew; only while the order is incomplete"
    )
