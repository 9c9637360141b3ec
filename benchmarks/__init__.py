"""How fast it is, against what one would write with the public libraries: `make bench` prints it."""
