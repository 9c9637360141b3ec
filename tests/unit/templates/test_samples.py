from tidings.templates.samples import SAMPLES, SHOP, request, snapshot


def test_a_sample_is_made_anew_each_time():
    snapshot("short", "order_confirmation")["order"]["number"] = "changed"
    assert snapshot("short", "order_confirmation")["order"]["number"] == "W-10045"


def test_samples_differ():
    found = [str(snapshot(sample, "order_confirmation")["order"]) for sample in SAMPLES]
    assert len(set(found)) == len(SAMPLES) == 10


def test_a_sample_fits_its_milestone():
    assert "shipment" not in snapshot("short", "order_incomplete")
    assert snapshot("short", "order_incomplete")["order"]["missing"]
    assert snapshot("long", "order_dispatched")["shipment"]["delivered_at"] is None
    assert snapshot("long", "order_delivered")["shipment"]["delivered_at"] is not None


def test_totals_of_samples_that_include_tax_are_right():
    for sample in set(SAMPLES) - {"long"}:
        order = snapshot(sample, "order_confirmation")["order"]
        lines = sum(line["quantity"] * line["unit_price"]["amount"] for line in order["lines"])
        shipping = order["shipping"]["price"]["amount"] if order["shipping"] else 0
        assert order["total"]["amount"] == lines + shipping, sample


def test_a_request_is_the_demo_shops():
    made = request("order_confirmation", "sms", "fr")
    assert (made.shop, made.time_zone, made.locale, made.channel) == (SHOP, "Europe/Berlin", "fr", "sms")
