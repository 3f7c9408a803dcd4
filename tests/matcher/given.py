"""Shared by the tests of matcher: customers, calls, texts, files."""

import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Any

from libs.common.events import CallStarted, ConsentChanged, MessageReceived
from libs.common.phone import Number, parse
from services.matcher.domain.drafts import Draft, Phone

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
NUMBER = "+12025550143"
OTHER = "+12025550177"


def code(text: str) -> str:
    """A keyed code, as the tenant's key makes it."""
    return hmac.digest(b"a key of the tenant", text.encode(), "sha256").hex()[:32]


def phone(text: str = NUMBER, region: str = "US", *, primary: bool = True) -> Phone:
    """A number on file."""
    number = parse(text, region)
    assert isinstance(number, Number)
    return Phone(
        label="phone",
        raw=number.raw,
        e164=number.e164,
        extension=number.extension,
        region=number.region,
        kind=number.kind,
        valid=number.valid,
        read_in=region,
        primary=primary,
    )


def draft(external_id: str | None = "P-1", *numbers: str, **said: Any) -> Draft:
    """A customer of a file, with NUMBER unless others are given."""
    phones = [phone(n, primary=i == 0) for i, n in enumerate(numbers or (NUMBER,))]
    known: dict[str, Any] = {
        "name": "Amal Haddad",
        "email": None,
        "status": "active",
        "renewal_on": date(2026, 6, 1),
        "customer_since": date(2019, 3, 4),
        "language": "en",
    }
    return Draft(**{"external_id": external_id, "numbers": tuple(phones), **known, **said})


def call(party: str | None = NUMBER, session: str = "s-1", **said: Any) -> CallStarted:
    """An incoming call that begins to ring at NOON."""
    known: dict[str, Any] = {
        "leg_id": "l-1",
        "occurred_at": NOON,
        "direction": "incoming",
        "started_at": NOON,
        "party_kind": "number" if party else "withheld",
        "subject": "code" if party else None,
        "attestation": "A",
    }
    return CallStarted(**{"session_id": session, "party": party, **known, **said})


def text(party: str | None = NUMBER, message: str = "m-1", **said: Any) -> MessageReceived:
    """A text that somebody writes at NOON."""
    known: dict[str, Any] = {
        "occurred_at": NOON,
        "party_kind": "number" if party else "withheld",
        "subject": "code" if party else None,
    }
    return MessageReceived(**{"message_id": message, "party": party, **known, **said})


def consent(subject: str, version: int = 1, **said: Any) -> ConsentChanged:
    """What a person allows, changed `version` seconds after NOON."""
    at = NOON + timedelta(seconds=version)
    return ConsentChanged(**{"subject": subject, "version": version, "changed_at": at, **said})


def person(**said: Any) -> dict[str, Any]:
    """A customer as the API takes one."""
    known = {
        "external_id": "P-1",
        "name": "Amal Haddad",
        "numbers": [{"number": "(202) 555-0143", "label": "mobile"}],
        "lawful_basis": "contract",
    }
    return {**known, **said}


def file(*lines: str) -> bytes:
    """A CSV file: id, name, phone."""
    return "\n".join(("id,name,phone", *lines, "")).encode()


def many(count: int, first: int = 0) -> bytes:
    """A file of so many customers with numbers of their own."""
    return file(
        *(f"P-{i},Person {i},+1202555{i % 100 + 100:04d}" for i in range(first, first + count))
    )
