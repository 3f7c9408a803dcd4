"""A stand-in for Telnyx: rings, answers and hangs up calls, and delivers signed webhooks."""
