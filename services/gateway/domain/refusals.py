"""What the gateway itself may answer to an operation, by the operation's row."""

from typing import Final

from services.gateway.domain import repeating
from services.gateway.domain.key import for_keys
from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import KNOWN, OPEN, SESSION
from services.gateway.domain.routes import UPLOADS, service_of

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
AWAY: Final = "The service does not answer now; try again in a moment."
SILENT: Final = "The service did not answer in time; look whether it was done before you repeat."

LIMITED: Final = "Too many requests: wait 8 s, then go on more slowly."
BAD_KEY: Final = "Give one Idempotency-Key of 1 to 255 visible ASCII characters, or none."
IN_FLIGHT: Final = "The first request with this key is still in hand; ask again in a moment."
MISMATCH: Final = "This key was used with another request. Send this one under a key of its own."
ANSWER_GONE: Final = (
    "This was carried out, and its answer is not kept any more: look at what there is now."
)
OUTCOME_UNKNOWN: Final = (
    "Nobody knows whether the first request with this key was carried out: look, and if it was not,"
    " send it under another key."
)
TWO: Final = "Send either the key or the session's cookie, so that it is clear who asks."

Refusals = list[tuple[int, dict[str, str]]]


def of(row: Operation) -> Refusals:
    """Status, and a sentence by code."""
    found: Refusals = []
    found.append((429, {"rate_limited": LIMITED}))
    if row.scope != OPEN:
        found.append((401, {"unauthenticated": "Sign in first."}))
        found.append((400, {"two_credentials": TWO}))
        if not for_keys(row.scope):
            found.append((403, {"not_for_keys": f"No key can have `{row.scope}`: sign in."}))
    if row.scope not in {OPEN, SESSION, KNOWN}:
        found.append((403, {"forbidden": "Your role does not allow this."}))
    if for_keys(row.scope) and row.scope != KNOWN:
        found.append((403, {"missing_scope": f"This key has not the scope `{row.scope}`."}))
    if row.method not in SAFE:
        found += _of_changes(row)
    if repeating.takes(row):
        found += _of_repetitions(row)
    if service_of(row.template):
        found += [
            (404, {"unknown_tenant": "There is no such tenant."}),
            (503, {"service_away": AWAY, "starting": "The service is starting: ask again."}),
            (504, {"service_silent": SILENT}),
        ]
    return found


def _of_changes(row: Operation) -> Refusals:
    kind = "text/csv" if str(row) in UPLOADS else "application/json"
    return [
        (403, {"foreign_origin": "Send the header `Origin: https://console.example.com`."}),
        (413, {"content_too_large": "The body is too large; send less at once."}),
        (415, {"unsupported_media_type": f"Send the body as {kind}."}),
    ]


def _of_repetitions(row: Operation) -> Refusals:
    bad = (400, {"bad_idempotency_key": BAD_KEY})
    if not repeating.keeps(row):
        return [bad]
    met = {"idempotency_in_flight": IN_FLIGHT, "answer_gone": ANSWER_GONE}
    if not repeating.harmless(row):
        met["outcome_unknown"] = OUTCOME_UNKNOWN
    return [bad, (409, met), (422, {"idempotency_mismatch": MISMATCH})]
