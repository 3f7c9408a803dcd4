"""The floors in Python: the drivers alone, with nothing of the platform around them."""
