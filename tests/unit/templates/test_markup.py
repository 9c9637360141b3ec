import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.templates import samples
from tidings.templates.markup import described


class Scripts(HTMLParser):
    """Finds the scripts of a page as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.found = False, []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.inside = True
            self.found.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "script"

    def handle_data(self, data):
        if self.inside:
            attrs, text = self.found[-1]
            self.found[-1] = (attrs, text + data)


def scripts(html: str) -> list[tuple[dict, str]]:
    parser = Scripts()
    parser.feed(html)
    return parser.found


def description(templates, request) -> dict:
    ((attrs, text),) = scripts(templates.render(request).html)
    assert attrs == {"type": "application/ld+json"}
    return json.loads(text)


def test_a_confirmation_describes_the_order(templates):
    found = description(templates, samples.request("order_confirmation", "email", "de"))
    assert found == {
        "@context": "https://schema.org",
        "@type": "Order",
        "orderNumber": "W-10045",
        "merchant": {"@type": "Organization", "name": "Demo Teahouse", "url": "https://shop.example"},
        "url": "https://shop.example/o/sample-token",
        "orderStatus": "https://schema.org/OrderProcessing",
        "orderDate": "2026-11-23T09:14:07+01:00",
        "price": "24.70",
        "priceCurrency": "EUR",
        "acceptedOffer": [
            {
                "@type": "Offer",
                "itemOffered": {"@type": "Product", "name": "Green tea 100 g", "sku": "TEA-01"},
                "price": "9.90",
                "priceCurrency": "EUR",
                "eligibleQuantity": {"@type": "QuantitativeValue", "value": 2},
            }
        ],
        "orderDelivery": {
            "@type": "ParcelDelivery",
            "deliveryAddress": BERLIN,
            "expectedArrivalFrom": "2026-11-26",
            "expectedArrivalUntil": "2026-11-28",
        },
        "billingAddress": BERLIN,
    }


BERLIN = {
    "@type": "PostalAddress",
    "name": "Ada Byron",
    "streetAddress": "Invalidenstr. 117",
    "addressLocality": "Berlin",
    "postalCode": "10115",
    "addressCountry": "DE",
}


@pytest.mark.parametrize("milestone", ["order_dispatched", "order_delivered"])
def test_a_dispatch_and_a_delivery_describe_the_parcel(templates, milestone):
    found = description(templates, samples.request(milestone, "email", "en", "long"))
    assert found["@type"] == "ParcelDelivery"
    assert found["carrier"] == {"@type": "Organization", "name": "DHL"}
    assert found["trackingUrl"] == "https://track.example/?piececode=00340434161094042557&lang=de"
    assert [item["name"] for item in found["itemShipped"]] == [
        samples.snapshot("long", milestone)["order"]["lines"][0]["name"]
    ]
    assert found["partOfOrder"]["orderNumber"] == "W-10045"
    assert ("expectedArrivalFrom" in found) == (milestone == "order_dispatched")


def test_a_service_is_offered_as_one(templates):
    found = description(templates, samples.request("order_confirmation", "email", "en", "long"))
    assert found["acceptedOffer"][-1]["itemOffered"]["@type"] == "Service"


def test_what_is_not_known_is_not_described(templates):
    request = samples.request("order_dispatched", "email", "en")
    request.snapshot["shipment"].update(carrier=None, tracking_number=None, tracking_url="javascript:alert(1)")
    found = description(templates, replace(request, links={}, shop=replace(request.shop, brand=samples.Brand())))
    assert {"carrier", "trackingNumber", "trackingUrl"} & found.keys() == set()
    assert "url" not in found["partOfOrder"]
    assert "url" not in found["partOfOrder"]["merchant"]


@pytest.mark.parametrize(
    ("milestone", "status"),
    [
        ("order_processing", "OrderProcessing"),
        ("order_cancelled", "OrderCancelled"),
        ("issue_notification", "OrderProblem"),
    ],
)
def test_a_mail_says_where_the_order_stands(templates, milestone, status):
    found = description(templates, samples.request(milestone, "email", "en"))
    assert (found["@type"], found["orderNumber"]) == ("Order", "W-10045")
    assert found["orderStatus"] == f"https://schema.org/{status}"


@pytest.mark.parametrize(("status", "told"), [("shipped", "OrderInTransit"), ("completed", "OrderDelivered")])
def test_an_order_that_is_on_its_way_or_has_arrived_says_so(templates, status, told):
    request = samples.request("order_completed", "email", "en")
    request.snapshot["order"]["status"] = status
    assert description(templates, request)["orderStatus"] == f"https://schema.org/{told}"


def test_an_incomplete_order_is_not_described(templates):
    assert scripts(templates.render(samples.request("order_incomplete", "email", "en")).html) == []


@given(
    st.text(max_size=40) | st.sampled_from(["</script><script>alert(1)//", "<!--<script>", "]]>", "\u2028", "&quot;"])
)
def test_nothing_breaks_out_of_the_script(templates, name):
    request = samples.request("order_confirmation", "email", "en")
    request.snapshot["order"]["lines"][0]["name"] = f"x{name}"
    text = str(described("order", templates.material(request), request.shop))
    assert not re.search(r"[<>&\u0080-\uffff\n]", text)
    assert json.loads(text)["acceptedOffer"][0]["itemOffered"]["name"].startswith("x")
    ((_, inside),) = scripts(f"<script>{text}</script>")
    assert inside == text
