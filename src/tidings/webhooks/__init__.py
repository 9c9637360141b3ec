"""What storefronts are told: the event log, read by cursor, posted in order, and never skipping a late commit."""
