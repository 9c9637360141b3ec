"""The append-only trail (SOP 4.6, 6): what happened, to what, by whom. Written with its cause, never changed."""
