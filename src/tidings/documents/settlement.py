"""The money side of an invoice for machines: how it is paid, the tax by rate, what is added and taken off, the sums."""

from collections.abc import Mapping
from typing import Any, Final

from tidings.documents.cii import Invoicing, Node, taxed
from tidings.documents.sheet import EXEMPT
from tidings.templates.cleaning import clean

Json = Mapping[str, Any]

# UNTDID 4461, by the shop's words for ways to pay; "1" says nothing. A bank transfer would have to name the account.
_MEANS: Final[Mapping[str, str]] = {
    "cash": "10", "card": "48", "credit_card": "54", "debit_card": "55",
    "direct_debit": "49", "sepa_direct_debit": "59", "paypal": "68", "apple_pay": "68", "google_pay": "68",
}  # fmt: skip
# Of the reasons for an allowance or charge, those that need no explanation: discount (UNTDID 5189), delivery (7161).
_DISCOUNT, _DELIVERY = "95", "DL"


def settle(node: Node, one: Invoicing) -> None:
    """Everything about the document's money."""
    given = one.given
    node.maybe("PaymentReference", clean(given["order"]["payment_reference"] or "", 100))
    node.add("InvoiceCurrencyCode", given["currency"])
    method = (given["order"]["payment_method"] or "").lower().replace("-", "_").replace(" ", "_")
    node.add("SpecifiedTradeSettlementPaymentMeans").add("TypeCode", _MEANS.get(method, "1"))
    for group in given["groups"]:
        _group(node.add("ApplicableTradeTax"), one, group)
    shipping, discounts = _beside(one)
    for part in shipping:
        _allowance(node, one, part, is_charge=True)
    for part in discounts:
        _allowance(node, one, part, is_charge=False)
    paid = given["sums"]["gross"] if given["is_paid"] and one.kind == "invoice" else 0
    if given["sums"]["gross"] > paid:
        node.add("SpecifiedTradePaymentTerms").day("DueDateDateTime", one.on)
    _total(node.add("SpecifiedTradeSettlementHeaderMonetarySummation"), one, paid)
    named = given["credits"] or given["replaces"]
    if named is not None:
        node.add("InvoiceReferencedDocument").add("IssuerAssignedID", named["name"])


def _beside(one: Invoicing) -> tuple[list[Json], list[Json]]:
    """What is charged and taken off beside the lines: of an invoice; a credit note's lines have it in them."""
    if one.kind != "invoice":
        return [], []
    shipping = one.given["shipping"]
    return [] if shipping is None else [shipping], one.given["discounts"]


def _total(total: Node, one: Invoicing, paid: int) -> None:
    sums, (shipping, discounts) = one.given["sums"], _beside(one)
    charge = sum(part["net"] for part in shipping)
    allowance = -sum(part["net"] for part in discounts)
    total.add("LineTotalAmount", one.money(sums["net"] - charge + allowance))
    total.add("ChargeTotalAmount", one.money(charge))
    total.add("AllowanceTotalAmount", one.money(allowance))
    total.add("TaxBasisTotalAmount", one.money(sums["net"]))
    total.add("TaxTotalAmount", one.money(sums["tax"]), currencyID=one.given["currency"])
    total.add("GrandTotalAmount", one.money(sums["gross"]))
    total.add("TotalPrepaidAmount", one.money(paid))
    total.add("DuePayableAmount", one.money(sums["gross"] - paid))


def _group(tax: Node, one: Invoicing, group: Json) -> None:
    tax.add("CalculatedAmount", one.money(group["tax"]))
    tax.add("TypeCode", "VAT")
    if group["category"] in EXEMPT:
        tax.add("ExemptionReason", one.wording(f"exempt_{group['category']}"))
    tax.add("BasisAmount", one.money(group["net"]))
    taxed(tax, group)


def _allowance(node: Node, one: Invoicing, part: Json, *, is_charge: bool) -> None:
    each = node.add("SpecifiedTradeAllowanceCharge")
    each.add("ChargeIndicator").add("udt:Indicator", "true" if is_charge else "false")
    each.add("ActualAmount", one.money(abs(part["net"])))
    each.add("ReasonCode", _DELIVERY if is_charge else _DISCOUNT)
    reason = one.given["discount_reason"] or one.wording("discount")
    each.add("Reason", one.wording("shipping") if is_charge else clean(reason))
    tax = each.add("CategoryTradeTax")
    tax.add("TypeCode", "VAT")
    taxed(tax, part)
