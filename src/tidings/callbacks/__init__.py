"""What providers and customers say back (SOP 4.4, 4.6): stored first, matched by our own attempt id, in any order."""
