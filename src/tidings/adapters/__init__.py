"""Everything that talks to somebody else's computer; see README.md for how a provider is added."""
