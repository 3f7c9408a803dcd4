"""What people ask of their data: who asks, by when it is due, and what was done."""
