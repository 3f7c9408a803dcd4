"""Whether a text speaks of a person: by keyed code, or by number in whatever spelling."""

import json
from collections.abc import Callable

from libs.common.phone import numbers_in


def mentions(text: bytes, subject: str, code: Callable[[str], str], region: str) -> bool:
    """`code` makes the tenant's codes; numbers without + are read in the region."""
    plain = _plain(text)
    return subject in plain or any(code(e164) == subject for e164 in numbers_in(plain, region))


def _plain(text: bytes) -> str:
    """JSON may hide characters, such as the digits of other scripts, behind escapes."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text.decode(errors="replace")
