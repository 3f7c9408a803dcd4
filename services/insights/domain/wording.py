"""Figures in plain words."""

_HOUR = 60
_DAY = 24 * _HOUR


def count(number: float, noun: str) -> str:
    """`1 day`, `23 days`: whole, rounded to the nearest."""
    whole = round(number)
    return f"{whole} {noun}" if whole == 1 else f"{whole} {noun}s"


def span(minutes: float) -> str:
    """A length of time in the largest unit that fits, rounded down."""
    if minutes < 1:
        return "less than a minute"
    if minutes < _HOUR:
        return count(int(minutes), "minute")
    if minutes < _DAY:
        return count(int(minutes // _HOUR), "hour")
    return count(int(minutes // _DAY), "day")


def day(days: int) -> str:
    """A day seen from today: `in 23 days`, `today`, `5 days ago`."""
    if days == 0:
        return "today"
    return f"in {count(days, 'day')}" if days > 0 else f"{count(-days, 'day')} ago"
