"""All sections, by the names that templates need them by."""

from collections.abc import Callable, Mapping
from typing import Final

from tidings.templates.sections.change import change, decision
from tidings.templates.sections.issue import issue
from tidings.templates.sections.material import Material
from tidings.templates.sections.notices import contact_change, deadline, documents, update
from tidings.templates.sections.ordered import contact, missing, order
from tidings.templates.sections.parcel import exception, parcel, returned
from tidings.templates.sections.places import addresses, delivery
from tidings.templates.sections.products import known_products, products
from tidings.templates.sections.refund import cancellation, refund
from tidings.templates.sections.review import review

SECTIONS: Final[Mapping[str, Callable[[Material], None]]] = {
    "order": order,
    "products": products,
    "known_products": known_products,
    "addresses": addresses,
    "delivery": delivery,
    "parcel": parcel,
    "exception": exception,
    "returned": returned,
    "missing": missing,
    "contact": contact,
    "update": update,
    "issue": issue,
    "change": change,
    # After `change`, whose kind it goes by.
    "decision": decision,
    "refund": refund,
    "cancellation": cancellation,
    "documents": documents,
    "contact_change": contact_change,
    # After `order`, whose greeting is the customer's.
    "deadline": deadline,
    "review": review,
}
