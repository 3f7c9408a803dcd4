"""The platform where docker is."""
