"""Services as an operator reaches them: signed requests, typed answers, sentences for failures."""

import ssl
from typing import Any, Generic, Literal, TypeVar

import httpx
from pydantic import AnyHttpUrl, BaseModel, ValidationError

from deploy.cli.failures import Refused, Unreachable, using
from deploy.cli.settings import Settings, required
from libs.common import clock
from libs.common.keys import PLATFORM
from libs.common.principal import OPERATOR, Principal, Signer

M = TypeVar("M", bound=BaseModel)

Consuming = Literal["ingest", "matcher", "insights", "messaging", "consent", "gateway"]

ANSWER_SECONDS = 30.0
PER_PAGE = 200
_NOT_READY = frozenset({502, 503, 504})
_NOTHING = frozenset({b"", b"null"})


class _Fault(BaseModel):
    pointer: str
    detail: str


class _Problem(BaseModel):
    """The part of a problem (RFC 9457) that is shown."""

    detail: str
    errors: list[_Fault] = []


class Done(BaseModel):
    """The answer to what has no other."""


class Listed(BaseModel, Generic[M]):
    """A page of a list."""

    data: list[M]
    next_cursor: str | None = None


class Door:
    """One service, asked in the name of an operator. Nothing is tried twice: the operator may."""

    def __init__(
        self, service: str, url: AnyHttpUrl | str, signer: Signer, operator: Principal
    ) -> None:
        self._service = service
        self._url = str(url).rstrip("/")
        self._signer = signer
        self._operator = operator

    def get(self, path: str, answer: type[M], **query: str | int) -> M:
        """Reads. Raises Refused, Unreachable."""
        return self._ask("GET", path, answer, params=query)

    def latest(self, path: str, item: type[M], limit: int, **query: str) -> list[M]:
        """The first items of a list, page by page. Raises Refused, Unreachable."""
        found: list[M] = []
        while len(found) < limit:
            size = min(limit - len(found), PER_PAGE)
            page = self.get(path, Listed[item], limit=size, **query)  # type: ignore[valid-type]
            found += page.data
            if page.next_cursor is None:
                break
            query["cursor"] = page.next_cursor
        return found

    def post(self, path: str, answer: type[M], **body: Any) -> M:
        """Changes something; values that are None are left out. Raises Refused, Unreachable."""
        return self._ask(
            "POST", path, answer, json={k: v for k, v in body.items() if v is not None}
        )

    def _ask(self, method: str, path: str, answer: type[M], **content: Any) -> M:
        token = self._signer.sign(self._operator, self._service)
        try:
            with httpx.Client(
                base_url=self._url,
                headers={"Authorization": f"Bearer {token}"},
                timeout=ANSWER_SECONDS,
                trust_env=False,  # a proxy must not see the token
                verify=ssl.create_default_context(),
            ) as client:
                reply = client.request(method, path, **content)
        except httpx.HTTPError as error:
            reason = type(error).__name__
            raise Unreachable(f"{self._service} cannot be reached ({reason}).") from None
        return self._read(reply, answer)

    def _read(self, reply: httpx.Response, answer: type[M]) -> M:
        if not reply.is_success:
            kind = Unreachable if reply.status_code in _NOT_READY else Refused
            raise kind(f"{self._service}: {_sentence(reply)}")
        try:
            return answer.model_validate_json(b"{}" if reply.content in _NOTHING else reply.content)
        except ValidationError:
            detail = "answers in a way that this version of intnet does not understand"
            raise Refused(f"{self._service} {detail}.") from None


def gateway(settings: Settings) -> Door:
    """The gateway's operator door."""
    url = required(settings.gateway_url, "INTNET_GATEWAY_URL")
    return _door("gateway", url, settings, frozenset())


def ingest(settings: Settings) -> Door:
    """What ingest shows to operators."""
    url = required(settings.ingest_url, "INTNET_INGEST_URL")
    return _door("ingest", url, settings, frozenset({"quarantine:read"}))


def messaging(settings: Settings) -> Door:
    """The messages that wait for an operator."""
    url = required(settings.messaging_url, "INTNET_MESSAGING_URL")
    return _door("messaging", url, settings, frozenset({"reviews:read", "reviews:write"}))


def consent(settings: Settings) -> Door:
    """Where scans for people go on record."""
    url = required(settings.consent_url, "INTNET_CONSENT_URL")
    return _door("consent", url, settings, frozenset({"scans:write"}))


def dead(service: Consuming, settings: Settings) -> Door:
    """The dead letters of a service."""
    url = required(getattr(settings, f"{service}_url"), f"INTNET_{service.upper()}_URL")
    return _door(service, url, settings, frozenset({"dead:read", "dead:write"}))


def _door(service: str, url: AnyHttpUrl, settings: Settings, scopes: frozenset[str]) -> Door:
    file = required(settings.operator_key_file, "INTNET_OPERATOR_KEY_FILE")
    clock.follow(settings.clock_file)  # a token of another time is believed by nobody
    with using(file):
        signer = Signer(file)
    return Door(service, str(url), signer, Principal(PLATFORM, settings.operator, OPERATOR, scopes))


def _sentence(reply: httpx.Response) -> str:
    """The problem's own words, with each fault it lists."""
    try:
        problem = _Problem.model_validate_json(reply.content)
    except ValidationError:
        return f"it answers {reply.status_code} without saying why."
    faults = (f"{fault.pointer}: {fault.detail}" for fault in problem.errors)
    return " ".join([problem.detail, *faults])
