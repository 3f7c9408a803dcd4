"""Fault drills: traffic and faults against the real platform, counted from outside."""
