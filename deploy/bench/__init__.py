"""Benchmarks: each figure of the platform as a ratio to a floor measured in the same run."""
