"""messaging: what an agency writes, whether it may be sent, and what became of it."""
