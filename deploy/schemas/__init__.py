"""Writes what others rely on in our events into `docs/events`, from the code that carries them."""
