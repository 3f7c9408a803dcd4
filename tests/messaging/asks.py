"""Messages to ask the gate about, and the rules as they are shipped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.common.events.consent import Permission
from libs.common.phone import Number, parse
from services.messaging.domain import gate, rules
from services.messaging.domain.refusals import SENTENCES

TEXT = Path(rules.__file__).with_name("rules.yaml").read_text()
BOOK = rules.parse(TEXT)

CLASSES = ["promotional", "service", "personal", "one_time_code", "confirmation"]
OTHERS = CLASSES[1:]
DAN, NOURA, ALASKAN = "+12125550123", "+966501234567", "+19075550123"
LINE = gate.Sender("+12125550199", "number", registered=False)
SHOP = gate.Sender("SHOP", "alphanumeric", registered=False)
SHOP_AD = gate.Sender("SHOP-AD", "alphanumeric", registered=True)


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


NOON = local("2026-06-01T12:00", "America/New_York")
"""Inside the hours of New York and of Riyadh."""


def number(e164: str) -> Number:
    found = parse(e164, None)
    assert isinstance(found, Number)
    return found


def permission(state: str = "granted", **changes: object) -> Permission:
    granted = Permission(
        purpose="marketing", channel="sms", state=state, since=NOON, means="web", record_id="r-1"
    )
    return granted.model_copy(update=changes)


def ask(kind: str = "promotional", to: str = DAN, **changes: object) -> gate.Ask:
    given: dict[str, object] = {
        "message_class": kind,
        "purpose": "marketing" if kind == "promotional" else "service",
        "channel": "sms",
        "recipient": number(to),
        "sender": SHOP_AD if to == NOURA and kind == "promotional" else LINE,
        "at": NOON,
        "parts": 1,
    }
    return gate.Ask(**(given | changes))  # type: ignore[arg-type]


def standing(asked: gate.Ask | None = None, **changes: object) -> gate.Standing:
    """Of somebody to whom everything may be sent, heard a second before the message."""
    given: dict[str, object] = {
        "permission": permission(),
        "suppressed": False,
        "suspected": False,
        "restricted": False,
        "stopped": False,
        "heard": (asked.at if asked else NOON) - timedelta(seconds=1),
        "safeguard": True,
    }
    return gate.Standing(**(given | changes))  # type: ignore[arg-type]


def decided(asked: gate.Ask, **changes: object) -> gate.Allowed | gate.Refused | gate.Later:
    book = BOOK.of(asked.recipient.region)
    return gate.decide(asked, standing(asked, **changes), book)


def refused(code: str) -> gate.Refused:
    return gate.Refused(code, SENTENCES[code])
