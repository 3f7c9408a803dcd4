"""What kind of device a browser runs on, as coarsely as it helps to tell one's own apart.

Of the header nothing else is kept: names and versions of browsers and systems would mark a person.
"""

from typing import Literal, get_args

Device = Literal["phone", "tablet", "computer"]

_TABLETS = ("ipad", "tablet")
_PHONES = ("mobi", "iphone")
_COMPUTERS = ("windows nt", "macintosh", "x11", "cros")


def device_of(user_agent: str) -> Device | None:
    """From a `User-Agent` header; None for programs, and for what is not known."""
    agent = user_agent.lower()
    if any(word in agent for word in _TABLETS):
        return "tablet"
    if any(word in agent for word in _PHONES):
        return "phone"
    if "android" in agent:
        return "tablet"  # a phone says Mobile, too
    return "computer" if any(word in agent for word in _COMPUTERS) else None


def read(word: str | None) -> Device | None:
    """A word as it was stored."""
    return next((device for device in get_args(Device) if device == word), None)
