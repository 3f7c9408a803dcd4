"""The one gate that every message passes at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from libs.common import phone
from libs.common.events.consent import Permission
from services.messaging.domain.hours import next_allowed, zones_for
from services.messaging.domain.refusals import SENTENCES
from services.messaging.domain.rules import Rules
from services.messaging.domain.segments import MOST_PARTS

STALE: Final = timedelta(seconds=60)
"""A copy of consent not confirmed for longer than this is not trusted with promotions.

Nor is one that was confirmed by a clock further ahead than this.
"""

UNKNOWN: Final = "consent_unknown"
"""The one refusal that time heals: nobody can tell now whether the person still agrees."""

_UNREACHABLE: Final[frozenset[phone.LineType]] = phone.NOT_A_PERSON | {"fixed_line", "pager"}
_NOT_PROMOTIONAL: Final = frozenset({"service", "personal", "one_time_code", "confirmation"})
# The person has just asked for these.
_ASKED_FOR: Final = frozenset({"one_time_code", "confirmation"})
_MARKETING: Final = "marketing"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the recipient sees. `registered`: its registration is on record."""

    value: str
    kind: Literal["number", "alphanumeric"]
    registered: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A message to be sent at `at`. A class that is not known counts as promotional."""

    message_class: str
    purpose: str
    channel: str
    recipient: phone.Number
    sender: Sender
    at: datetime
    parts: int

    @property
    def promotional(self) -> bool:
        """Whether it is an advertisement, or must be taken for one."""
        return self.message_class not in _NOT_PROMOTIONAL


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the recipient, and how sure that is.

    Attributes:
        permission: the last word on the message's purpose and channel.
        suppressed: nothing may be sent but confirmations and one-time codes.
        suspected: the person may have asked to be left alone.
        restricted: what is kept of the person may not be used.
        stopped: the person wrote STOP, and consent has not answered yet.
        heard: when consent was last at work; None if it never was. Matters to promotions alone.
        safeguard: one for the transfer to the recipient's region is in force. Matters where the
            region's rules ask for one.
    """

    permission: Permission | None
    suppressed: bool
    suspected: bool
    restricted: bool
    stopped: bool
    heard: datetime | None
    safeguard: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be sent now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be sent."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Later:
    """It may not be sent before `until`; ask again then."""

    until: datetime
    code: str
    sentence: str


def decide(ask: Ask, standing: Standing, rules: Rules) -> Allowed | Refused | Later:
    """Whether a message may be sent by the rules of the recipient's region.

    What can never be sent is told first, quiet hours last. Sources of the rules: `rules.yaml`;
    47 CFR 64.1200(a)(10) and (12) for revocation and its one confirmation.
    """
    code = (
        _delivery(ask, rules)
        or ("no_transfer_safeguard" if rules.safeguard and not standing.safeguard else None)
        or _wish(ask, standing)
        or (_consent(ask, standing, rules) if ask.promotional else None)
    )
    if code:
        return Refused(code, SENTENCES[code])
    return _timely(ask, rules) if ask.promotional else Allowed()


def _delivery(ask: Ask, rules: Rules) -> str | None:
    """What is wrong with the number, the sender or the text, whoever the person is."""
    if ask.recipient.kind in _UNREACHABLE:
        return "not_a_mobile_number"
    return _sender(ask, rules) or ("too_long" if ask.parts > MOST_PARTS else None)


def _sender(ask: Ask, rules: Rules) -> str | None:
    sender, suffix = ask.sender, rules.promotional_suffix
    letters = sender.kind == "alphanumeric"
    if letters and not rules.alphanumeric:
        return "sender_not_allowed"
    if not ask.promotional:
        marked = suffix and letters and sender.value.upper().endswith(suffix.upper())
        return "sender_suffix_misused" if marked else None
    if suffix and not (letters and sender.value.endswith(suffix)):
        return "sender_suffix_missing"
    return "sender_not_registered" if rules.registration and not sender.registered else None


def _wish(ask: Ask, standing: Standing) -> str | None:
    """Whether the person has said no."""
    if ask.message_class in _ASKED_FOR:
        return None
    if standing.restricted:
        return "restricted"
    permission = _permission(ask, standing)
    refused = permission is not None and permission.state != "granted"
    if refused or (standing.stopped and ask.promotional):
        return "withdrawn"
    return "suppressed" if standing.suppressed or standing.stopped else None


def _consent(ask: Ask, standing: Standing, rules: Rules) -> str | None:
    """Whether the person has said yes, as far as promotions need it."""
    permission = _permission(ask, standing)
    if permission is None:
        return "no_consent"
    if rules.direct_collection and not permission.collected_directly:
        return "not_collected_directly"
    if standing.suspected:
        return "suspected_revocation"
    fresh = standing.heard is not None and abs(ask.at - standing.heard) <= STALE
    return None if fresh else UNKNOWN


def _permission(ask: Ask, standing: Standing) -> Permission | None:
    """The permission, if it is about this message: one for another purpose says nothing."""
    purpose = _MARKETING if ask.promotional else ask.purpose
    found = standing.permission
    return found if found and (found.purpose, found.channel) == (purpose, ask.channel) else None


def _timely(ask: Ask, rules: Rules) -> Allowed | Refused | Later:
    until = next_allowed(zones_for(ask.recipient.e164, rules.hours), ask.at, rules.hours)
    if until is None:
        return Refused("no_common_hour", SENTENCES["no_common_hour"])
    if until > ask.at:
        return Later(until, "quiet_hours", SENTENCES["quiet_hours"])
    return Allowed()
