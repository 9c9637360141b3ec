"""Promises kept and not kept, by kind and period."""
