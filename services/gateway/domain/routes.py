"""Which service answers which paths."""

import re
from collections.abc import Mapping
from urllib.parse import quote

SERVICES = {
    "/v1/customers": "matcher",
    "/v1/imports": "matcher",
    "/v1/calls": "insights",
    "/v1/insights": "insights",
    "/v1/messages": "messaging",
    "/v1/conversations": "messaging",
    "/v1/templates": "messaging",
    "/v1/senders": "messaging",
    "/v1/safeguards": "messaging",
    "/v1/consents": "consent",
    "/v1/privacy": "consent",
    "/v1/audit": "consent",
}

UPLOADS = frozenset({"POST /v1/imports", "POST /v1/consents:import"})

_PASSED_ON = frozenset(
    {
        "accept",
        "accept-language",
        "content-length",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "prefer",
    }
)
_PASSED_BACK = frozenset(
    {
        "content-disposition",
        "content-language",
        "content-type",
        "deprecation",
        "etag",
        "idempotent-replayed",
        "last-modified",
        "link",
        "location",
        "preference-applied",
        "retry-after",
        "sunset",
    }
)
_PARAMETER = re.compile(r"\{([^}]*)\}")


def service_of(template: str) -> str | None:
    """The service that owns a path template; None where the gateway answers itself."""
    return next(
        (name for prefix, name in SERVICES.items() if _under(template, prefix)),
        None,
    )


def target(template: str, values: Mapping[str, str], query: str) -> str | None:
    """Path and query as the service gets them; None for a value that would change the path."""
    if {".", ".."} & set(values.values()):
        return None
    path = _PARAMETER.sub(lambda found: quote(values[found[1]], safe=""), template)
    return f"{path}?{query}" if query else path


def passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The request headers that a service gets."""
    return {name: value for name, value in headers.items() if name.lower() in _PASSED_ON}


def passed_back(headers: Mapping[str, str]) -> dict[str, str]:
    """The response headers that a client gets."""
    return {name: value for name, value in headers.items() if name.lower() in _PASSED_BACK}


def _under(template: str, prefix: str) -> bool:
    rest = template.removeprefix(prefix)
    return template.startswith(prefix) and rest[:1] in {"", "/", ":"}
