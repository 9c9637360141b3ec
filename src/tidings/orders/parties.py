"""Wire models of who and where: the customer, their devices, their addresses."""

from typing import Literal

from pydantic import Field

from tidings.orders.fields import Label, Needed, Text, Token, Wire, Word
from tidings.storefronts.kinds import Channel


class Device(Wire):
    """A device that app notifications can be pushed to."""

    platform: Literal["fcm"] = Field(description="Whose push service the token is of", examples=["fcm"])
    token: Token = Field(description="The device's registration token", examples=["device-token-1"])


class Customer(Wire):
    """Who ordered, and how they like to be told."""

    name: Needed[Text] = Field(None, description="As it is to be addressed", examples=["Ada Byron"])
    email: str | None = Field(None, max_length=320, description="E-mail address", examples=["ada@example.com"])
    phone: str | None = Field(
        None,
        max_length=40,
        description="Phone number; kept in E.164. Without `+` it is read as one of the shipping address's country",
        examples=["+4915112345678"],
    )
    locale: Word | None = Field(None, description="BCP 47; the storefront's when absent or unknown", examples=["de-DE"])
    preferred_channel: Channel | None = Field(
        None, description="Must be reachable; when absent, the first of email, sms, push that is", examples=["email"]
    )
    devices: list[Device] | None = Field(None, max_length=20, description="Devices for app notifications")
    vat_id: Word | None = Field(None, description="VAT identification number of a business customer", examples=[None])


class Address(Wire):
    """A postal address; what else than the four needed fields is required, the country's own format says."""

    name: Needed[Text] = Field(None, description="Addressee", examples=["Ada Byron"])
    line1: Needed[Text] = Field(None, description="Street and number", examples=["Invalidenstr. 117"])
    line2: Text | None = Field(None, description="Floor, company, care of …", examples=[None])
    city: Needed[Label] = Field(None, description="City", examples=["Berlin"])
    region: Label | None = Field(None, description="State, province, prefecture …, name or code", examples=[None])
    postal_code: Word | None = Field(None, description="Postal code", examples=["10115"])
    country: Needed[Word] = Field(None, description="ISO 3166-1 alpha-2", examples=["DE"])
