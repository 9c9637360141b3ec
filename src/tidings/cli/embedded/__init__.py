"""A real PostgreSQL and a real Valkey out of wheels, as child processes in a data folder that persists.

Both listen on Unix sockets that only their owner can open, so nothing on the network and nobody else on the machine
gets in. `DataFolder` makes sure that one tidings at a time uses a folder; what a killed one left running is stopped
before it is started again.
"""
