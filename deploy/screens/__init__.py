"""Pictures of the console, from the pages themselves."""
