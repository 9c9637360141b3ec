"""Providers of payments: whether an order is paid, and money that goes back."""
