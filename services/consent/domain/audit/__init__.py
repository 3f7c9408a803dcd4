"""The trail: who did what, in entries that cannot be changed unseen."""
