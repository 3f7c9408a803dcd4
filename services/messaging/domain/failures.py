"""What the provider's error codes mean for us.

Source: Telnyx, "Messaging error codes". The codes are text, and belong to messaging only: its
other products give the same numbers other meanings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Kind = Literal[
    "stop",
    "address",
    "account",
    "ours",
    "content",
    "act",
    "hold",
    "slow",
    "transient",
    "unknown",
]
Whose = Literal["message", "sender", "profile"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the provider did not deliver. `code` is ours; `sentence` says what to do.

    `retry`: the same message may be tried again, after `pause` at least where there is one.
    `whose`: what is not the message's own befalls whatever its sender, or all of the agency's
    messaging profile, sends next.
    """

    kind: Kind
    code: str
    sentence: str
    retry: bool = False
    pause: timedelta | None = None
    whose: Whose = "message"


HOLD: Final = timedelta(hours=24)
"""How long the provider holds a sender back at the worst."""

UNKNOWN: Final = Failure(
    "unknown",
    "provider_refused",
    "The provider refused the message for a reason not known here. Look its code up, or ask it.",
)

HELD: Final = Failure(
    "hold",
    "held_back",
    "The provider blocks such messages for a day. Wait, and send it again then.",
    retry=True,
    pause=HOLD,
)

# The gravest first: a message with several codes fails by the first of these.
_FAILURES: Final[tuple[tuple[Failure, str], ...]] = (
    (
        Failure(
            "stop",
            "recipient_stopped",
            "The person has told the provider STOP. Do not text again unless the person writes "
            "START.",
        ),
        "40300",
    ),
    (
        Failure(
            "address",
            "number_unusable",
            "No text can reach this number. Check it, or use another number of the person.",
        ),
        "40001 40012 40310",
    ),
    (
        Failure(
            "account",
            "provider_disabled",
            "The provider has switched texts off for your agency. Ask your operator to have them "
            "switched on, then send it again.",
            retry=True,
            pause=timedelta(minutes=1),
            whose="profile",
        ),
        "40312 40314",
    ),
    (
        Failure(
            "account",
            "sender_blocked",
            "The provider does not let this sender send. Ask your operator to register or unblock "
            "it, then send it again.",
            retry=True,
            pause=timedelta(minutes=1),
            whose="sender",
        ),
        "40003 40010 40329 40330",
    ),
    (
        Failure(
            "account",
            "region_blocked",
            "The provider does not let this sender reach this country. Ask your operator to have "
            "it allowed.",
        ),
        "40309 40331",
    ),
    (
        Failure(
            "ours",
            "sender_misconfigured",
            "The sender is not set up at the provider. Ask your operator to correct it.",
        ),
        "40013 40301 40305 40306 40307 40308 40319 40325 40100 40150 40151 40155",
    ),
    (
        Failure(
            "content",
            "content_refused",
            "The provider does not take this text. Change or shorten it, then send it again.",
        ),
        "40009 40302 40304 40316 40317 40322 40328",
    ),
    (
        Failure(
            "act",
            "spend_limit",
            "As much was spent on texts as your agency's limit allows. Ask your operator to raise "
            "it, or send it again tomorrow.",
            retry=True,
            pause=timedelta(minutes=1),
            whose="profile",
        ),
        "40333",
    ),
    (
        Failure(
            "act",
            "sender_unhealthy",
            "Too much of what this sender sends is not delivered, so that the provider holds it "
            "back. Ask your operator to look into it before you send more.",
            retry=True,
            pause=timedelta(minutes=1),
            whose="sender",
        ),
        "40315",
    ),
    (
        Failure(
            "act",
            "needs_attention",
            "The provider holds messages of this kind back. Ask your operator to look into it "
            "before you send more.",
        ),
        "40015 40019",
    ),
    (HELD, "40020 40320"),
    (
        Failure(
            "slow",
            "sent_too_fast",
            "More messages were sent than the networks take. Send it again later, and fewer at "
            "a time.",
            retry=True,
            pause=timedelta(minutes=1),
        ),
        "40002 40005 40011 40014 40016 40017 40018 40318",
    ),
    (
        Failure(
            "slow",
            "sent_too_fast",
            "More messages were asked for than the provider takes in a second. Send it again "
            "later, and fewer at a time.",
            retry=True,
            pause=timedelta(seconds=2),
        ),
        "10011",
    ),
    (
        Failure(
            "transient",
            "not_reached_now",
            "The person's network did not take the message. Send it again later.",
            retry=True,
        ),
        "40004 40006 40008",
    ),
)
_BY_CODE: Final = {code: failure for failure, codes in _FAILURES for code in codes.split()}
_RANK: Final = {code: rank for rank, code in enumerate(_BY_CODE)}


def decisive(codes: Sequence[str]) -> str | None:
    """The code by which a message with these codes fails, in whatever order they came.

    One that is not known counts only where no other is there; None without any.
    """
    return min(codes, key=lambda code: (_RANK.get(code, len(_RANK)), code), default=None)


def of_codes(codes: Sequence[str]) -> Failure:
    """What the provider's codes mean, by the gravest of them."""
    return _BY_CODE.get(decisive(codes) or "", UNKNOWN)
