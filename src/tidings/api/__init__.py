"""The HTTP side: puts the slices' routes together, renders problems, serves the explorer. Stateless."""
