"""Exceptions (SOP 4.3): something about an order that a person must settle, with next steps for the customer."""
