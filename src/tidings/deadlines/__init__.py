"""Promises with a due time (SOP 4.2, 4.5). A clock starts with its cause and stops when a provider has the message."""
