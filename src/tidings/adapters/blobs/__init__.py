"""Where files are kept outside of the database."""
