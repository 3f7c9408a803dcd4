"""What the platform itself answers to STOP, START and HELP. None of it advertises.

47 CFR 64.1200(a)(12): one confirmation of a revocation, without marketing. CTIA, Messaging
Principles: an answer to HELP names the sender, the purpose, a contact, and how to stop.
"""

from typing import Final

_TEXTS: Final = {
    "en": {
        "stop": "{name}: You are unsubscribed and will get no more messages from us. "
        "Reply START to get them again.",
        "start": "{name}: You will get our messages again. Reply HELP for help, STOP to end them.",
        "help": "{name}: messages about your business with us. Contact: {contact}. "
        "Reply STOP to end them.",
    },
    # 70 characters are one part, so that a name of 30 leaves 40.
    "ar": {
        "stop": "{name}: أوقفنا رسائلنا إليك. للعودة: START",
        "start": "{name}: عادت رسائلنا إليك. للإيقاف: STOP",
        "help": "{name}: رسائل عن معاملاتك معنا. للتواصل: {contact}. للإيقاف: STOP",
    },
}


def stop(name: str, language: str) -> str:
    """The one confirmation after STOP. `language` is BCP 47; English where there is no other."""
    return _text("stop", language).format(name=name)


def start(name: str, language: str) -> str:
    """The confirmation after START."""
    return _text("start", language).format(name=name)


def help(name: str, contact: str, language: str) -> str:  # noqa: A001 - the customer's word
    """The answer to HELP; `contact` is an e-mail address, a number or a page."""
    return _text("help", language).format(name=name, contact=contact)


def _text(word: str, language: str) -> str:
    return _TEXTS.get(language.lower().partition("-")[0], _TEXTS["en"])[word]
