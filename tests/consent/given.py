"""Words of people to reason about. All numbers are reserved ones."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from libs.common.events import MessageReceived, SmsFailed, TenantSaved
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.fold import fold
from services.consent.domain.ledger.record import Act, Record
from services.consent.domain.ledger.state import State
from services.consent.store import Store
from tests.support.http import Harness

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
DAN = "+12125550123"
OTHER = "+12025550177"
SUBJECT = "5b0c7e1fa2d94a6c8e3f1d2b4a596877"


def at(seconds: float = 0) -> datetime:
    return NOON + timedelta(seconds=seconds)


def act(action: str = "grant", purpose: str | None = None, seconds: float = 0, **told: Any) -> Act:
    by_default = {"object": "profiling", "end_objection": "profiling"}.get(action, "marketing")
    whole = {
        "id": f"rec_{uuid4().hex}",
        "action": action,
        "purpose": purpose or by_default,
        "at": at(seconds),
        "means": "web",
        "who": "usr_1",
    }
    return Act.model_validate(whole | told)


def stop(seconds: float = 0, **told: Any) -> Act:
    return act("withdraw", "all", seconds, **{"means": "sms", **told})


def book(*acts: Act) -> Book:
    made = Book(SUBJECT)
    for one in acts:
        made = made.adding(one, NOON)
    return made


def records(*acts: Act) -> tuple[Record, ...]:
    return book(*acts).records


def state(*acts: Act) -> State:
    return fold(records(*acts)).state


def texted(keyword: str, subject: str | None, seconds: float = 0, **told: Any) -> MessageReceived:
    whole = {
        "message_id": f"msg-{uuid4()}",
        "occurred_at": at(seconds),
        "party": DAN,
        "party_kind": "number",
        "subject": subject,
        "keyword": keyword,
    }
    return MessageReceived.model_validate(whole | told)


def failed(subject: str, code: str = "recipient_stopped", **told: Any) -> SmsFailed:
    whole = {
        "message_id": f"out-{uuid4()}",
        "subject": subject,
        "occurred_at": NOON,
        "code": code,
        "provider_code": "40300",
    }
    return SmsFailed.model_validate(whole | told)


async def at_once(*works: Awaitable[Any]) -> list[Any]:
    """What they return. All come to their end, also where one fails: none outlives its test."""
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [result for result in results if isinstance(result, BaseException)] == []
    return results


def code_of(house: Harness[Store], tenant: TenantSaved, e164: str = DAN) -> str:
    return house.keys.code(tenant.tenant, e164)
