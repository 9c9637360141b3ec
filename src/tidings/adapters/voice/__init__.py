"""Providers that call people and read a text out."""
