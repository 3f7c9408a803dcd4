"""matcher: who is calling."""
