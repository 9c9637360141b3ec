"""What is measured stands on this: real stores, real processes, and data to start from."""
