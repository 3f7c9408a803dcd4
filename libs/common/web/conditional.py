"""What a caller has already is not sent again, and what they have not seen is not written over.

ETag, If-None-Match and If-Match as in RFC 9110 (8.8.3, 13.1); the link to the next page as in
RFC 8288.
"""

import re
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Header
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.web.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        max_length=500,
        description="The `ETag` of what was read: it is not written over where it has changed.",
    ),
]
CHANGED: Final = {"changed_meanwhile": "It has changed since you read it: read it again."}

_NEXT = re.compile(rb'"next_cursor":"([A-Za-z0-9_-]+)"')
_NOT_OF_304 = ("content-length", "content-type")


def etag(body: bytes) -> str:
    """The tag of an answer: the same for the same bytes."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def etag_of(answer: BaseModel) -> str:
    """The tag that a GET of this would have."""
    return etag(answer.model_dump_json(by_alias=True).encode())


def check_match(if_match: str | None, current: BaseModel) -> None:
    """Raises Problem 412 where the caller read something else than what is there."""
    if if_match is not None and not _names(if_match, etag_of(current)):
        raise Problem(412, "changed_meanwhile", CHANGED["changed_meanwhile"])


class Conditional:
    """Gives every GET that is answered in JSON its tag, and pages the link to the next one.

    An answer that comes in pieces has neither.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            send = _Held(scope, send).send
        await self._app(scope, receive, send)


class _Held:
    """Keeps the head of an answer back until its body is known."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_json(message):
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            if not message.get("more_body"):
                head, message = self._told(head, message)
            await self._send(head)
        await self._send(message)

    def _told(self, head: Message, message: Message) -> tuple[Message, Message]:
        headers = MutableHeaders(scope=head)
        headers["ETag"] = tag = etag(message.get("body", b""))
        found = _NEXT.search(message.get("body", b""))
        if found:
            headers["Link"] = f'<{_following(self._scope, found[1].decode())}>; rel="next"'
        if not _names(Headers(scope=self._scope).get("if-none-match", ""), tag):
            return head, message
        for name in _NOT_OF_304:
            del headers[name]
        return {**head, "status": 304}, {**message, "body": b""}


def _is_json(head: Message) -> bool:
    headers = Headers(raw=head["headers"])
    plain = headers.get("content-type", "") == "application/json"
    return head["status"] == 200 and plain and "etag" not in headers


def _names(line: str, tag: str) -> bool:
    """Whether a list of tags has this one; `*` has every one."""
    given = {part.strip() for part in line.split(",")}
    return bool({"*", tag} & given)


def _following(scope: Scope, cursor: str) -> str:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    others = [(name, value) for name, value in query if name != "cursor"]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return f"{path.partition(b'?')[0].decode('latin-1')}?{urlencode([*others, ('cursor', cursor)])}"
