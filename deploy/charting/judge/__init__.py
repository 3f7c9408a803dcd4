"""Judges of the chart that are heavier than a test: schemas of operators, and checkov."""
