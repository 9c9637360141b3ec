"""The work table: rows left by a transaction, claimed under a lease, deleted when done."""
