"""`intnet`, the operators' command line: it asks the services, and says what they answer."""
