"""The load generator: a process of its own, as cheap to the machine as Python allows."""
