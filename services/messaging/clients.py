"""HTTP out: the provider. One request for one attempt; nothing is tried twice here."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import httpx

from libs.common import clock, telemetry
from libs.common.events import MessageStatus
from services.messaging.domain import told
from services.messaging.domain.optouts import OptOut
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars

CONNECT_S, SILENCE_S = 2.0, 10.0
ANSWER_S = 20.0  # well within the lease of an attempt
KEPT_ALIVE_S = 5.0  # an older connection may be dead, and would make an unknown of a message
AT_ONCE = 64
PAGE_SIZE = 250

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@cache
def _trust() -> ssl.SSLContext:
    """httpx's own, which takes 25 ms to make."""
    return httpx.create_ssl_context(trust_env=False)


class Away(Exception):
    """The provider does not answer, or not what it should; ask again later."""


@dataclass(frozen=True)
class Letter:
    """A text on its way. `ref` names the attempt; `line` is the sender, `profile` its profile.

    After `lease_until` others take the attempt for unknown, so nothing may be sent any more.
    `traceparent` is the W3C context in which it was asked for. `asks` are the sender and the
    profile that were set back, and for which it finds out whether they still are.
    """

    ref: str
    line: str
    number: str
    text: str
    profile: str | None
    lease_until: datetime
    traceparent: str | None = None
    asks: tuple[str, ...] = ()


class Provider:
    """Telnyx: its messaging API, and its log of the webhooks it had to deliver."""

    def __init__(
        self,
        url: str,
        key: str,
        webhook_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._webhook_url = webhook_url
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            limits=httpx.Limits(max_connections=AT_ONCE, keepalive_expiry=KEPT_ALIVE_S),
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S, pool=CONNECT_S),
            transport=transport,
            verify=_trust(),
            trust_env=False,
        )

    async def close(self) -> None:
        """Ends all connections."""
        await self._http.aclose()

    async def send(self, letter: Letter) -> tuple[Answer, Particulars]:
        """Asks once that a text be sent. Whatever happens is an answer, and no error.

        A process may have stood still since the claim: where the lease may end before the answer,
        nothing is asked.
        """
        if letter.lease_until - clock.now() < timedelta(seconds=ANSWER_S):
            return Answer(None, trouble="late"), Particulars()
        with telemetry.span("telnyx send", kind="client", ref=letter.ref):
            try:
                async with asyncio.timeout(ANSWER_S):
                    reply = await self._http.post(
                        "/v2/messages",
                        json=self._body(letter),
                        headers={"Idempotency-Key": letter.ref},
                    )
            except _NOT_SENT:
                return Answer(None, trouble="connect"), Particulars()
            except (httpx.RequestError, TimeoutError):
                return Answer(None, trouble="lost"), Particulars()
        return told.answer(reply.status_code, _json(reply))

    async def receipts(self, ref: str, since: datetime) -> list[MessageStatus]:
        """What the provider reported, or tried to, of one attempt, the first first. Raises Away."""
        query = {
            "filter[started_at][gte]": clock.rfc3339(since),
            "filter[webhook][contains]": ref,
            "page[size]": PAGE_SIZE,
        }
        found = told.deliveries(await self._get("/v2/webhook_deliveries", query), ref)
        return sorted(found, key=lambda receipt: receipt.occurred_at)

    async def message(self, provider_id: str, ref: str | None) -> MessageStatus | None:
        """A message as it stands with the provider; None where it shows none. Raises Away."""
        return told.message(await self._get(f"/v2/messages/{provider_id}", {}), ref)

    async def optouts(self, since: datetime | None) -> AsyncIterator[list[OptOut]]:
        """Who was blocked at the provider since then, or ever, a page at a time. Raises Away."""
        query: dict[str, Any] = {"redaction_enabled": "false", "page[size]": PAGE_SIZE}
        if since is not None:
            query["created_at[gte]"] = clock.rfc3339(since)
        for page in count(1):
            body = await self._get("/v2/messaging_optouts", {**query, "page[number]": page})
            yield list(told.optouts(body))
            if told.is_last(body, page):
                return

    async def _get(self, path: str, query: Mapping[str, Any]) -> object:
        try:
            async with asyncio.timeout(ANSWER_S):
                reply = await self._http.get(path, params=query)
        except (httpx.RequestError, TimeoutError):
            raise Away("the provider does not answer") from None
        if reply.status_code == httpx.codes.NOT_FOUND:
            return None
        if not reply.is_success:
            raise Away(f"the provider answers {reply.status_code}")
        return _json(reply)

    def _body(self, letter: Letter) -> dict[str, Any]:
        profile = {"messaging_profile_id": letter.profile} if letter.profile else {}
        return {
            "from": letter.line,
            "to": letter.number,
            "text": letter.text,
            "type": "SMS",
            **profile,
            "webhook_url": f"{self._webhook_url}?ref={letter.ref}",
            "use_profile_webhooks": False,
        }


def _json(reply: httpx.Response) -> object:
    try:
        found: object = reply.json()
    except ValueError:
        return None
    return found
