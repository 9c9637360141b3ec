"""A provider of every channel that delivers to a local inbox and calls back like a real one, signed."""
