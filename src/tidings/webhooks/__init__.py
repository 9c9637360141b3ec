"""What storefronts are told: the event log, read by cursor and never skipping a late commit."""
