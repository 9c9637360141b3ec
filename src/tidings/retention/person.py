"""Who is meant by a request: by e-mail address, phone number, or one of the orders."""

from dataclasses import dataclass
from uuid import UUID

from tidings.kit.addresses import Unusable, email_address
from tidings.kit.db import Tx
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.orders.contacts import phone_number
from tidings.orders.whose import Customer, Person, customers_of


@dataclass(frozen=True, slots=True)
class Meant:
    """Somebody, as a request names them."""

    email: str | None = None
    phone: str | None = None
    # `ord_…`.
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody, as they are looked for."""

    person: Person
    # An order whose customer is not known (any more): it is all that is looked for.
    order_id: UUID | None = None


async def found_person(tx: Tx, meant: Meant) -> Found:
    """The person who is meant.

    Raises:
        InvalidInput: the phone number is none.
        NotFound: there is no such order.
    """
    if meant.order is None:
        return Found(Person(_mailbox(meant.email), _number(meant.phone)))
    customer = await customer_of(tx, meant.order)
    email, phone = customer.email, customer.phone
    if email is None and phone is None:
        return Found(Person(), customer.order_id)
    # A phone is shared more often than a mailbox: the number counts where there is no address.
    return Found(Person(email, None if email else phone))


def spellings_of(person: Person) -> list[str]:
    """Their addresses as what belongs to no order may have them: domains in ASCII, or in letters beyond it."""
    email = [] if person.email is None else [person.email.lower(), _in_letters(person.email.lower())]
    return sorted({*email, *([] if person.phone is None else [person.phone])})


def _in_letters(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


async def customer_of(tx: Tx, order: str) -> Customer:
    """Who ordered this.

    Raises:
        NotFound: there is no such order of the transaction's storefront and mode.
    """
    order_id = parse("ord", order)
    found = [] if order_id is None else await customers_of(tx, tx.scope.storefront_id, [order_id])
    if not found or found[0].mode != tx.scope.mode:
        raise NotFound
    return found[0]


def _mailbox(text: str | None) -> str | None:
    """As orders have it, with its domain in ASCII; what no order could have is looked for as it was given."""
    try:
        return None if text is None else email_address(text, test=True)
    except Unusable:
        return text


def _number(text: str | None) -> str | None:
    try:
        return None if text is None else phone_number(text, None)
    except Unusable as fault:
        raise InvalidInput(faults=[Fault("/phone", str(fault))]) from fault
