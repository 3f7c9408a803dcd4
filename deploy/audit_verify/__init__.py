"""Checks an audit trail without the platform: it shares no code with what wrote the trail."""
