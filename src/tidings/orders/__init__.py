"""Order receipt (SOP 4.1): completeness and accuracy, lines and money, where an order stands, and its timeline."""
