"""Reviews of the procedure (SOP 7): opened yearly and by each change of it, with figures, a clock and an outcome."""
