"""The arq worker process: the drain loop from start to stop, and the jobs that look after the rest."""
