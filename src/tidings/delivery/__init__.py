"""Getting a message out and knowing what became of it (SOP 4.4). Knows channels and providers, nothing of orders."""
