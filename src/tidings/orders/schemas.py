"""Wire models of orders: what is posted, and what is answered."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tidings.kit.db import Mode
from tidings.kit.fields import Instant
from tidings.kit.money import Money
from tidings.orders.fields import Day, Label, Long, Metadata, Needed, TaxRate, Text, Wire, Word
from tidings.orders.parties import Address, Customer
from tidings.orders.states import CheckState, OrderStatus

MAX_LINES = 500
MAX_QUANTITY = 1_000_000
LineKind = Literal["product", "service"]
# UNCL 5305, the VAT categories of EN 16931.
TaxCategory = Literal["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"]


class PlaceLine(Wire):
    """One thing that was ordered."""

    sku: Needed[Label] = Field(None, description="The shop's article number", examples=["TEA-01"])
    name: Needed[Text] = Field(None, description="As the customer knows it", examples=["Green tea 100 g"])
    quantity: Needed[int] = Field(None, ge=1, le=MAX_QUANTITY, description="How many", examples=[2])
    unit_price: Needed[Money] = Field(None, description="Price of one")
    tax_rate: TaxRate | None = None
    tax_category: TaxCategory | None = Field(None, description="UNCL 5305 category of EN 16931", examples=["S"])
    kind: LineKind | None = Field(None, description="`product` when absent", examples=["product"])
    warranty_months: int | None = Field(None, ge=0, le=1200, description="Warranty, if any", examples=[24])


class OrderLine(PlaceLine):
    """One line of an order as it is kept."""

    line: int = Field(description="Its number in the order, from 1", examples=[1])


class Charge(Wire):
    """What shipping costs."""

    price: Needed[Money] = Field(None, description="The price")
    tax_rate: TaxRate | None = None


class Discount(Charge):
    """What is taken off the whole order."""

    reason: Text | None = Field(None, description="Why, as the customer may read it", examples=[None])


class Payment(Wire):
    """How it is paid. tidings never sees card data, only the payment provider's reference."""

    method: Needed[Word] = Field(None, description="The storefront's word for it", examples=["card"])
    provider: Word | None = Field(None, description="Payment provider", examples=["stripe"])
    reference: Text | None = Field(None, description="The provider's own id of the payment", examples=["pi_123"])
    status: Word | None = Field(
        None, description="As the storefront knew it when the order was placed", examples=["authorised"]
    )


class EstimatedDelivery(Wire):
    """The days between which it is expected to arrive."""

    from_: Needed[Day] = Field(None, alias="from", description="First day", examples=["2026-11-26"])
    to: Needed[Day] = Field(None, description="Last day", examples=["2026-11-28"])


class OrderDetails(Wire):
    """What the storefront said of the order, but for its number and its lines. Kept in the column `details`."""

    placed_at: Instant | None = Field(
        None,
        description="When the customer ordered, by the storefront's clock; at most 5 minutes ahead. Absent: now",
        examples=["2026-11-23T09:14:07+01:00"],
    )
    sales_channel: Needed[Word] = Field(None, description="One of the storefront's approved channels", examples=["web"])
    customer: Needed[Customer] = Field(None, description="Who ordered")
    billing_address: Needed[Address] = Field(None, description="Where the invoice goes")
    shipping_address: Needed[Address] = Field(None, description="Where the parcels go")
    shipping: Charge | None = Field(None, description="What shipping costs; absent: nothing")
    discount: Discount | None = Field(None, description="What is taken off; absent: nothing")
    total: Needed[Money] = Field(
        None, description="Lines + shipping - discount, and the tax on them if prices do not include it"
    )
    prices_include_tax: bool | None = Field(None, description="True when absent", examples=[True])
    payment: Needed[Payment] = Field(None, description="How it is paid")
    estimated_delivery: Needed[EstimatedDelivery] = Field(None, description="When it is expected to arrive")
    metadata: Metadata | None = Field(
        None, description="Whatever the storefront wants to find again", examples=[{"cart": "c-77"}]
    )
    notify: bool | None = Field(
        None,
        description="False records the order and owes the customer nothing (imports, back-fill). True when absent",
        examples=[True],
    )


class PlaceOrder(OrderDetails):
    """An order as it is posted."""

    number: Label | None = Field(
        None, description="Unique per storefront and mode. Absent: tidings gives one", examples=["W-10045"]
    )
    lines: Needed[list[PlaceLine]] = Field(None, max_length=MAX_LINES, description="What was ordered; one line or more")


class MissingPart(Wire):
    """Something that an incomplete order still lacks."""

    pointer: str = Field(description="RFC 6901 pointer into the order", examples=["/shipping_address/postal_code"])
    detail: str = Field(description="What is missing, in words", examples=["is required"])


class Order(OrderDetails):
    """An order, and where it stands."""

    id: str = Field(description="Its id", examples=["ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    number: Long = Field(description="Its number", examples=["W-10045"])
    mode: Mode = Field(description="Live, or made with a test key", examples=["test"])
    status: OrderStatus = Field(description="Where it stands", examples=["received"])
    on_hold: bool = Field(description="True while an issue is open: it does not advance", examples=[False])
    version: int = Field(description="Counts its changes; the ETag", examples=[1])
    received_at: datetime = Field(description="When tidings took it: clocks start here")
    updated_at: datetime = Field(description="When it last changed")
    payment_check: CheckState = Field(description="Whether the payment was verified", examples=["pending"])
    stock_check: CheckState = Field(description="Whether all of it is in stock", examples=["pending"])
    missing: list[MissingPart] = Field(description="What an incomplete order still lacks", examples=[[]])
    lines: list[OrderLine] | None = Field(description="What was ordered")
