"""Ids that are the same on every attempt, so that nothing is sent twice.

`code` is the tenant's keyed code of a text, 32 hexadecimal digits. Each kind of text has a prefix
of its own, so that no code here equals one of another kind or of a number.
"""

import json
from collections.abc import Callable, Mapping

Code = Callable[[str], str]


def fingerprint(body: Mapping[str, object], code: Code) -> str:
    """What tells a repeated request from another one under the same key.

    The body is JSON and holds personal data, so its code is keyed. The order of its fields does
    not matter. Raises TypeError or ValueError where it is no JSON.
    """
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return code(f"body:{canonical}")


def message_id(code: Code, key: str | None, fresh: str) -> str:
    """The id of a message: from the caller's idempotency key, else from a `fresh` random text."""
    return _id(code, "fresh", fresh) if key is None else _id(code, "key", key)


def confirmation_id(code: Code, cause: str) -> str:
    """The id of the one message that the platform sends because of the event `cause`."""
    return _id(code, "confirmation", cause)


def _id(code: Code, kind: str, text: str) -> str:
    return f"msg_{code(f'{kind}:{text}')}"
