"""What tells one HTTP request from others, so that what is repeated is written down once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

Code = Callable[[str], str]


@dataclass(frozen=True)
class Mark:
    """The id of the record or request that is asked for, and the keyed code of the whole body.

    Without a key of the caller's each request is another one, and has no fingerprint.
    """

    id: str
    fingerprint: str | None = None

    @classmethod
    def of(
        cls, key: str | None, body: Mapping[str, object], code: Code, kind: str = "rec"
    ) -> "Mark":
        """The same for the same key and body. `code` is the tenant's keyed code of a text.

        The body is JSON and holds a number, so nothing else is kept of it; the order of its fields
        does not matter.
        """
        if key is None:
            return cls(f"{kind}_{uuid4().hex}")
        whole = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
        use = "consent" if kind == "rec" else kind
        return cls(f"{kind}_{code(f'{use} key:{key}')}", code(f"{use} body:{whole}"))
