"""Everything that talks to somebody else's computer. One file owns one provider: its settings, words and quirks.

See README.md beside this file; the only importer is bootstrap.
"""
