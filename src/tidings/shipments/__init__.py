"""Parcels and their tracking events (SOP 4.3, 4.4): dispatched, moved, delivered."""
