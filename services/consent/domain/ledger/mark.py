"""What tells one request for a record from others, so that a repeated one is written down once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

Code = Callable[[str], str]


@dataclass(frozen=True)
class Mark:
    """The id of the record that is asked for, and the keyed code of the whole body.

    Without a key of the caller's each request is another one, and has no fingerprint.
    """

    id: str
    fingerprint: str | None = None

    @classmethod
    def of(cls, key: str | None, body: Mapping[str, object], code: Code) -> "Mark":
        """The same for the same key and body. `code` is the tenant's keyed code of a text.

        The body is JSON and holds a number, so nothing else is kept of it; the order of its fields
        does not matter.
        """
        if key is None:
            return cls(f"rec_{uuid4().hex}")
        whole = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return cls(f"rec_{code(f'consent key:{key}')}", code(f"consent body:{whole}"))
