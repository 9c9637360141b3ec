"""Documents printed by typst, in processes of their own."""
