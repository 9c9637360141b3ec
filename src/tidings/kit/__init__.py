"""Technical pieces with no business word in them; every other folder may use these, and these use none."""
