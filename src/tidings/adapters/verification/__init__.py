"""Outside systems of the shop's own that say whether an order is paid or in stock."""
