"""What a person is told by text about a request, in the agency's language."""

from datetime import datetime
from typing import Final

_TEXTS: Final = {
    "en": {
        "code": "{name}: your code is {code}. It is valid for 10 minutes. Give it to nobody "
        "but us, and only if you asked about your data.",
        "extended": "{name}: your request about your data takes longer, until {day}. "
        "Reason: {reason}",
        "refused": "{name}: we cannot do what you asked about your data. {reason}",
    },
    "ar": {
        "code": "{name}: رمزك {code} صالح 10 دقائق. لا تعطه لغيرنا، وفقط إن طلبت ما يخص بياناتك.",
        "extended": "{name}: طلبك بشأن بياناتك يحتاج وقتًا أطول، حتى {day}. السبب: {reason}",
        "refused": "{name}: لا يمكننا تلبية طلبك بشأن بياناتك. {reason}",
    },
}


def code(name: str, digits: str, language: str) -> str:
    """With the code. `language` is BCP 47; English where there is no other."""
    return _text("code", language).format(name=name, code=digits)


def extended(name: str, until: datetime, reason: str, language: str) -> str:
    """That it takes longer; `until` is in the agency's time zone."""
    day = until.date().isoformat()
    return _text("extended", language).format(name=name, day=day, reason=reason)


def refused(name: str, reason: str, language: str) -> str:
    """That it is refused, and why."""
    return _text("refused", language).format(name=name, reason=reason)


def _text(word: str, language: str) -> str:
    return _TEXTS.get(language.lower().partition("-")[0], _TEXTS["en"])[word]
