"""Looks for one person in everything that is kept: what an erasure left, or a log let slip."""
