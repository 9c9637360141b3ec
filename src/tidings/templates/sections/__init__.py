"""What wording may speak of: each section reads one part of the snapshot and gives names to what it finds there.

A milestone says which sections it needs (`table.py` has them all); a section refuses when its part is missing. What
may be long (goods, an address, what somebody typed) goes into `lists` and `texts`, from which brevity.py makes
phrases as short as a channel asks for.
"""
