"""The one table of operations: what is not in it does not exist."""

import re
from dataclasses import dataclass
from functools import lru_cache

from services.gateway.domain.roles import KNOWN, OPEN, OPERATOR, SESSION

TABLE: dict[tuple[str, str], str] = {
    ("GET", "/"): OPEN,
    ("GET", "/invitation"): OPEN,
    ("GET", "/reset"): OPEN,
    ("GET", "/static/{file}"): OPEN,
    ("GET", "/policies"): OPEN,
    ("GET", "/policies/{name}"): OPEN,
    ("GET", "/customers"): "customers:read",
    ("GET", "/customers/{customer_id}"): "customers:read",
    ("GET", "/imports"): "imports:read",
    ("GET", "/imports/{import_id}"): "imports:read",
    ("GET", "/requests"): "privacy:read",
    ("GET", "/requests/{request_id}"): "privacy:read",
    ("GET", "/users"): "users:read",
    ("GET", "/users/{user_id}"): "users:write",
    ("GET", "/account"): SESSION,
    ("GET", "/keys"): "keys:read",
    ("GET", "/webhooks"): "webhooks:read",
    ("GET", "/webhooks/{webhook_id}"): "webhooks:read",
    ("GET", "/usage"): "usage:read",
    ("GET", "/audit"): "audit:read",
    ("POST", "/v1/session"): OPEN,
    ("GET", "/v1/session"): SESSION,
    ("DELETE", "/v1/session"): SESSION,
    ("GET", "/v1/sessions"): SESSION,
    ("DELETE", "/v1/sessions/{session_id}"): SESSION,
    ("POST", "/v1/sessions:end-others"): SESSION,
    ("POST", "/v1/session:change-password"): SESSION,
    ("POST", "/v1/invitations:accept"): OPEN,
    ("POST", "/v1/resets:accept"): OPEN,
    ("GET", "/v1/openapi.json"): KNOWN,
    ("GET", "/v1/live"): "live:read",
    ("GET", "/v1/numbers"): "numbers:read",
    ("GET", "/v1/usage"): "usage:read",
    ("GET", "/v1/users"): "users:read",
    ("POST", "/v1/users"): "users:write",
    ("PATCH", "/v1/users/{user_id}"): "users:write",
    ("GET", "/v1/webhooks"): "webhooks:read",
    ("POST", "/v1/webhooks"): "webhooks:write",
    ("GET", "/v1/webhooks/{webhook_id}"): "webhooks:read",
    ("PATCH", "/v1/webhooks/{webhook_id}"): "webhooks:write",
    ("DELETE", "/v1/webhooks/{webhook_id}"): "webhooks:write",
    ("POST", "/v1/webhooks/{webhook_id}:rotate"): "webhooks:write",
    ("POST", "/v1/webhooks/{webhook_id}:test"): "webhooks:write",
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): "webhooks:read",
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}:resend"): "webhooks:write",
    ("POST", "/v1/users/{user_id}:reset"): "users:write",
    ("GET", "/v1/keys"): "keys:read",
    ("POST", "/v1/keys"): "keys:write",
    ("DELETE", "/v1/keys/{key_id}"): "keys:write",
    ("GET", "/v1/customers"): "customers:read",
    ("POST", "/v1/customers"): "customers:write",
    ("POST", "/v1/customers:find"): "customers:read",
    ("GET", "/v1/customers/{customer_id}"): "customers:read",
    ("PUT", "/v1/customers/{customer_id}"): "customers:write",
    ("DELETE", "/v1/customers/{customer_id}"): "customers:write",
    ("GET", "/v1/imports"): "imports:read",
    ("POST", "/v1/imports"): "imports:write",
    ("GET", "/v1/imports/{import_id}"): "imports:read",
    ("GET", "/v1/imports/{import_id}/errors"): "imports:read",
    ("GET", "/v1/imports/{import_id}/errors.csv"): "imports:read",
    ("GET", "/v1/calls"): "calls:read",
    ("GET", "/v1/calls/{call_id}"): "calls:read",
    ("GET", "/v1/insights"): "insights:read",
    ("GET", "/v1/insights/{insight_id}"): "insights:read",
    ("PUT", "/v1/insights/{insight_id}/feedback"): "insights:feedback",
    ("GET", "/v1/messages"): "messages:read",
    ("POST", "/v1/messages"): "messages:write",
    ("POST", "/v1/messages:check"): "messages:write",
    ("GET", "/v1/messages/{message_id}"): "messages:read",
    ("POST", "/v1/messages/{message_id}:cancel"): "messages:write",
    ("GET", "/v1/conversations"): "conversations:read",
    ("POST", "/v1/conversations:find"): "conversations:read",
    ("GET", "/v1/conversations/{subject}"): "conversations:read",
    ("GET", "/v1/templates"): "templates:read",
    ("GET", "/v1/templates/{name}"): "templates:read",
    ("PUT", "/v1/templates/{name}"): "templates:write",
    ("DELETE", "/v1/templates/{name}"): "templates:write",
    ("GET", "/v1/senders"): "senders:read",
    ("PUT", "/v1/senders/{value}"): "senders:write",
    ("DELETE", "/v1/senders/{value}"): "senders:write",
    ("GET", "/v1/safeguards"): "safeguards:read",
    ("PUT", "/v1/safeguards/{region}"): "safeguards:write",
    ("DELETE", "/v1/safeguards/{region}"): "safeguards:write",
    ("GET", "/v1/consents"): "consents:read",
    ("POST", "/v1/consents"): "consents:write",
    ("POST", "/v1/consents:find"): "consents:read",
    ("POST", "/v1/consents:import"): "consents:write",
    ("GET", "/v1/consents/{subject}"): "consents:read",
    ("GET", "/v1/privacy/data-map"): "proof:read",
    ("GET", "/v1/privacy/promises"): "proof:read",
    ("GET", "/v1/privacy/retention"): "privacy:read",
    ("PUT", "/v1/privacy/retention/{category}"): "privacy:decide",
    ("GET", "/v1/audit"): "audit:read",
    ("GET", "/v1/audit/checkpoints"): "audit:read",
    ("GET", "/v1/audit/keys"): "audit:read",
    ("GET", "/v1/audit/proofs"): "audit:read",
    ("GET", "/v1/audit/bundle"): "audit:read",
    ("GET", "/v1/privacy/requests"): "privacy:read",
    ("POST", "/v1/privacy/requests"): "privacy:write",
    ("GET", "/v1/privacy/requests/{request_id}"): "privacy:read",
    ("GET", "/v1/privacy/requests/{request_id}/certificate"): "privacy:read",
    ("GET", "/v1/privacy/requests/{request_id}/package"): "privacy:decide",
    ("POST", "/v1/privacy/requests/{request_id}:send-code"): "privacy:write",
    ("POST", "/v1/privacy/requests/{request_id}:verify"): "privacy:write",
    ("POST", "/v1/privacy/requests/{request_id}:attest"): "privacy:decide",
    ("POST", "/v1/privacy/requests/{request_id}:name"): "privacy:write",
    ("POST", "/v1/privacy/requests/{request_id}:extend"): "privacy:decide",
    ("POST", "/v1/privacy/requests/{request_id}:refuse"): "privacy:decide",
    ("GET", "/operator/v1/tenants"): OPERATOR,
    ("POST", "/operator/v1/tenants"): OPERATOR,
    ("POST", "/operator/v1/numbers"): OPERATOR,
    ("POST", "/operator/v1/connections"): OPERATOR,
    ("POST", "/operator/v1/profiles"): OPERATOR,
    ("POST", "/operator/v1/invitations"): OPERATOR,
    ("GET", "/operator/v1/dead"): OPERATOR,
    ("GET", "/operator/v1/dead/{topic}/{partition}/{offset}"): OPERATOR,
    ("POST", "/operator/v1/dead/{topic}/{partition}/{offset}/replay"): OPERATOR,
    ("POST", "/operator/v1/dead/{topic}/{partition}/{offset}/discard"): OPERATOR,
    ("POST", "/operator/v1/resets"): OPERATOR,
}

_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Operation:
    """A row of the table; `template` holds no value of any request."""

    method: str
    template: str
    scope: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[re.Pattern[str], Operation], ...]:
    return tuple(
        (_pattern(template), Operation(method, template, scope))
        for (method, template), scope in TABLE.items()
    )


def find(method: str, path: str) -> Operation | None:
    """The operation that a request asks for."""
    return next((o for p, o in _rows() if o.method == method and p.fullmatch(path)), None)


def beside(path: str) -> tuple[Operation, ...]:
    """The operations of a path, whatever their method."""
    return tuple(o for p, o in _rows() if p.fullmatch(path))


def listed(method: str, template: str) -> Operation | None:
    """The row for a template, whatever its parameters are called there."""
    shape = _shape(template)
    return next((o for _, o in _rows() if o.method == method and _shape(o.template) == shape), None)


def _shape(template: str) -> str:
    return _PARAMETER.sub("{}", template)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _PARAMETER.split(template))))
