"""What people allow and refuse: the records, and the state that follows from them."""
