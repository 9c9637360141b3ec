"""The command line: `tidings dev`, `serve`, `worker`, `migrate`, and what an operator looks up or mends."""
