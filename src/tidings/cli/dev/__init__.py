"""`tidings dev`: everything on one machine: real stores, sandbox providers, and a sample order that tells its story."""
