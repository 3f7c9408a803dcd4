"""Text messages at the stand-in: Telnyx's own doors, the people who text, and what goes wrong."""
