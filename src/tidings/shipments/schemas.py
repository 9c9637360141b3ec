"""Wire models of this slice."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError, Url

from tidings.kit.fields import Asked, Instant, Label
from tidings.kit.shape import Shape
from tidings.orders.schemas import MAX_LINES, MAX_QUANTITY
from tidings.shipments.states import ShipmentStatus

_SCHEMES: Final = ("http", "https")
_NO_LINK: Final = "is not an http or https address"
_TRACK = "https://carrier.example/track/00340434161094"

# `dispatched` is told by dispatching.
TrackedStatus = Literal["in_transit", "out_for_delivery", "exception", "delivered", "returned"]


def _link(text: str) -> str:
    """Links go into messages: only such as lead to a web page, and carry nobody's password."""
    try:
        url = Url(text)
        is_sound = url.scheme in _SCHEMES and bool(url.host) and url.username is None and url.password is None
    except ValueError:
        is_sound = False
    if not is_sound:
        kind = "link"
        raise PydanticCustomError(kind, _NO_LINK)
    return text


Link = Annotated[
    str,
    Field(max_length=2000),
    Shape(r"^[Hh][Tt][Tt][Pp][Ss]?://[^/\x00-\x20\x7f\"<>\\^`{|}][^\x00-\x20\x7f\"<>\\^`{|}]*$", _NO_LINK),
    AfterValidator(_link),
]


class PackedLine(Asked):
    """What of one line is in the parcel."""

    line: int = Field(ge=1, le=MAX_LINES, description="The line's number in the order", examples=[1])
    quantity: int = Field(ge=1, le=MAX_QUANTITY, description="How many of it", examples=[1])


class ShipmentToDispatch(Asked):
    """A parcel that leaves."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"carrier": "DHL", "tracking_number": "00340434161094", "tracking_url": _TRACK},
                {"carrier": "DHL", "lines": [{"line": 1, "quantity": 1}]},
            ]
        }
    )

    carrier: Label | None = Field(None, description="Who carries it", examples=["DHL"])
    tracking_number: Label | None = Field(None, description="The carrier's number of it", examples=["00340434161094"])
    tracking_url: Link | None = Field(None, description="Where the customer sees where it is", examples=[_TRACK])
    lines: list[PackedLine] | None = Field(
        None, max_length=MAX_LINES, description="What is in it; absent or empty: all that is left"
    )


class EventToTell(Asked):
    """What a carrier says of a parcel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "delivered", "note": "letter box"}]})

    status: TrackedStatus = Field(description="Where the parcel is", examples=["delivered"])
    at: Instant | None = Field(
        None, description="When that happened; absent: now", examples=["2026-11-23T11:30:00+01:00"]
    )
    note: Label | None = Field(None, description="The carrier's words", examples=["letter box"])


class ShippedLine(BaseModel):
    """So many of one line."""

    line: int = Field(description="The line's number in the order", examples=[1])
    sku: str = Field(description="The shop's article number", examples=["TEA-01"])
    name: str = Field(description="As the customer knows it", examples=["Green tea 100 g"])
    quantity: int = Field(description="How many", examples=[1])


class TrackingEvent(BaseModel):
    """One thing that the carrier said."""

    status: ShipmentStatus = Field(description="Where the parcel was", examples=["delivered"])
    at: datetime = Field(description="When that happened")
    note: str | None = Field(description="The carrier's words", examples=["letter box"])
    received_at: datetime = Field(description="When we were told")


class Shipment(BaseModel):
    """A parcel, and where it is."""

    id: str = Field(description="Its id", examples=["shp_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    order_id: str = Field(description="The order's id", examples=["ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    status: ShipmentStatus = Field(description="Where it is", examples=["dispatched"])
    carrier: str | None = Field(description="Who carries it", examples=["DHL"])
    tracking_number: str | None = Field(description="The carrier's number of it", examples=["00340434161094"])
    tracking_url: str | None = Field(description="Where the customer sees where it is", examples=[_TRACK])
    lines: list[ShippedLine] = Field(description="What is in it")
    remaining: list[ShippedLine] = Field(description="What of the order is still to come in other parcels")
    dispatched_at: datetime = Field(description="When it left")
    delivered_at: datetime | None = Field(description="When it arrived")
    events: list[TrackingEvent] = Field(description="What the carrier said, in the order in which it happened")
