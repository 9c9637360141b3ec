"""The wording (SOP 5): per milestone, channel and locale, rendered from the snapshot of the moment it tells of."""
