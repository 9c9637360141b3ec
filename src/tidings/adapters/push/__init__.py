"""Providers of app notifications."""
