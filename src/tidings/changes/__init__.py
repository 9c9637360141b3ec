"""Modification and cancellation (SOP 4.5): requested, decided by policy or person, carried out, refunded."""
