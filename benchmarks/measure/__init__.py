"""One module for each thing that is measured; benchmarks/rows.py says what each row means."""
