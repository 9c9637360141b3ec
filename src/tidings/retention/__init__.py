"""How long each kind is kept, what a legal hold keeps longer, exports and erasure of a person's data (SOP 4.6, 6)."""
