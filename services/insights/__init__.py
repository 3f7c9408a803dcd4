"""insights: what matters on this call, and why."""
