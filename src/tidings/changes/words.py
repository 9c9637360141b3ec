"""What a customer reads when the policy itself declines, in the order's language. Pure."""

from typing import Final

TOO_LATE: Final = {
    "ar": "لم يعد هذا ممكنًا في هذه المرحلة من طلبك.",
    "de": "Das ist beim jetzigen Stand Ihrer Bestellung nicht mehr möglich.",
    "en": "This is no longer possible at this stage of your order.",
    "es": "Esto ya no es posible en el estado actual de su pedido.",
    "fr": "Ce n'est plus possible à ce stade de votre commande.",
    "it": "Non è più possibile in questa fase del Suo ordine.",
    "ja": "ご注文の現在の状況では、ご希望に沿うことができません。",
    "nl": "Dit is in deze fase van uw bestelling niet meer mogelijk.",
    "pl": "Na tym etapie realizacji zamówienia nie jest to już możliwe.",
    "pt": "Isto já não é possível nesta fase da sua encomenda.",
    "sv": "Det är inte längre möjligt i det här skedet av din beställning.",
}


def too_late(locale: str) -> str:
    """The sentence in the language of the locale, or in English."""
    return TOO_LATE.get(locale.replace("_", "-").partition("-")[0].lower(), TOO_LATE["en"])
