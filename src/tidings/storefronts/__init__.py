"""Whose shop it is: brand, contact, calendar and policy; API keys and who calls; connections to providers."""
