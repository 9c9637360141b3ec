"""Payment and stock checks (SOP 4.3): an order whose two checks have passed goes on to processing."""
