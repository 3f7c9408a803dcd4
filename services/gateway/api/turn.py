"""One request with an `Idempotency-Key`, from its admission to the end of its answer."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Protocol
from uuid import uuid4

import structlog
from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import clock
from libs.common.web import Problem
from services.gateway.api.desk import Desk
from services.gateway.domain import repeating
from services.gateway.domain.permissions import Operation
from services.gateway.domain.refusals import ANSWER_GONE, IN_FLIGHT, MISMATCH, OUTCOME_UNKNOWN
from services.gateway.domain.repeating import LONGEST, Answer, Claim, Known, Reply
from services.gateway.domain.routes import UPLOADS

log = structlog.get_logger()


class Asking(Protocol):
    """Who asks."""

    @property
    def tenant(self) -> str:
        """Whose they are."""

    @property
    def user(self) -> str:
        """The person, or the key."""

    @property
    def actor(self) -> str:
        """As the audit names them."""


class Replay(Exception):
    """The same request was answered before: it gets that answer, and nothing is carried out."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


class Turn:
    """Holds the answer back until it is kept: a client that has it may rely on it."""

    def __init__(self, desk: Desk, operation: Operation, key: str, send: Send) -> None:
        self._desk = desk
        self._operation = operation
        self._upload = str(operation) in UPLOADS
        self._key = key
        self._send = send
        self._content = _Content()
        self._claim: Claim | None = None
        self._held: list[Message] = []
        self._head: Message = {}
        self._length = 0

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Has the request served."""

        async def reading() -> Message:
            return self._content.take(await receive())

        await app(scope, reading, self._answer)
        if self._claim:  # it ended without an answer
            await self._settle(500, {})

    async def begin(self, request: Request, asker: Asking) -> None:
        """Takes the key in hand, once it is known who asks and that they may.

        What is no upload is whole by then. Raises Replay for what is answered already, and Problem
        409 or 422.
        """
        self._target = f"{request.url.path}?{request.url.query}"
        self._answers = self._desk.store(asker.tenant).answers
        now = clock.now()
        claim = Claim(
            id=self._answers.code(f"key {asker.user} {self._key}"),
            fence=uuid4().hex,
            fingerprint=None if self._upload else self._fingerprint(),
            at=now,
            until=now + repeating.patience(self._operation),
        )
        known = await self._answers.claim(claim)
        if known is not None:
            await self._meet(known, claim, request, asker)
        self._claim = claim

    async def _meet(self, known: Known, claim: Claim, request: Request, asker: Asking) -> None:
        """Returns where the request is to be carried out all the same."""
        reply = await self._reply(known, claim, request)
        if reply == "free":
            if await self._answers.take_over(known.claim, claim):
                return
            reply = "in_hand"
        if reply == "replay" and known.answer:
            what = str(self._operation)
            await self._desk.saw(asker.tenant, asker.actor, what, "answer", documents=1)
            raise Replay(known.answer)
        raise _PROBLEMS[reply]()

    async def _reply(self, known: Known, claim: Claim, request: Request) -> Reply:
        """An upload that need not be carried out is read to its end all the same, to compare it."""
        harmless, now = repeating.harmless(self._operation), claim.at
        mine = claim.fingerprint or known.claim.fingerprint or ""
        reply = known.reply(mine, harmless, now)
        if self._upload and reply in {"replay", "gone"}:
            async for _ in request.stream():
                pass
            reply = known.reply(self._fingerprint(), harmless, now)
        return reply

    def _fingerprint(self) -> str:
        whole = f"{self._operation.method} {self._target} {self._content.digest()}"
        return self._answers.code(whole)

    async def _answer(self, message: Message) -> None:
        if self._claim is None:
            return await self._send(message)
        if message["type"] == "http.response.start":
            self._head = message
        self._held.append(message)
        self._length += len(message.get("body", b""))
        last = message["type"] == "http.response.body" and not message.get("more_body")
        if last:
            headers = dict(Headers(raw=self._head["headers"]))
            await self._settle(self._head["status"], headers)
        if last or self._length > LONGEST:
            held, self._held = self._held, []
            for one in held:
                await self._send(one)

    async def _settle(self, status: int, headers: dict[str, str]) -> None:
        """Writes down what became of it. The client is answered even where that fails."""
        claim, self._claim = self._claim, None
        if claim is None:
            return
        fate = repeating.fate(self._operation, status, headers)
        whole = self._content.whole or not self._upload
        try:
            if fate == "free" or not whole:
                await self._answers.release(claim)
            elif fate == "unknown":
                await self._answers.doubt(claim)
            else:
                told = Answer(status, repeating.worth_keeping(headers), self._whole())
                await self._answers.keep(replace(claim, fingerprint=self._fingerprint()), told)
        except Exception as error:  # noqa: BLE001 - it is in hand until nobody waits any more
            operation = str(self._operation)
            log.warning("answer.not_kept", operation=operation, error=type(error).__name__)

    def _whole(self) -> bytes | None:
        if self._length > LONGEST:
            return None
        return b"".join(one.get("body", b"") for one in self._held)


class _Content:
    """What a request holds, as it is read; no byte of it is kept."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.whole = False

    def take(self, message: Message) -> Message:
        """Notes a piece, and passes it on."""
        self._hash.update(message.get("body", b""))
        self.whole = message["type"] == "http.request" and not message.get("more_body")
        return message

    def digest(self) -> str:
        """Of what came so far."""
        return self._hash.hexdigest()


def _in_flight() -> Problem:
    return Problem(409, "idempotency_in_flight", IN_FLIGHT, headers={"Retry-After": "1"})


_PROBLEMS: dict[str, Callable[[], Problem]] = {
    "in_hand": _in_flight,
    "mismatch": lambda: Problem(422, "idempotency_mismatch", MISMATCH),
    "gone": lambda: Problem(409, "answer_gone", ANSWER_GONE),
    "unknown": lambda: Problem(409, "outcome_unknown", OUTCOME_UNKNOWN),
}
