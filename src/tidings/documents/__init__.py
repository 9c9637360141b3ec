"""Completion documents (SOP 4.6): invoice, receipt, warranty, credit note; numbered without gaps, never changed."""
