"""Looks for a person in texts and bytes, in every spelling that people and programs use."""

import base64
import hashlib
import re
from dataclasses import dataclass

_APART = r"(?:[^0-9A-Za-z]|%[0-9A-Fa-f]{2}){0,3}"
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True)
class Canary:
    """A person who exists for one test: an E.164 number, its national digits, a name."""

    number: str
    national: str
    name: str

    def found(self, content: str | bytes) -> str | None:
        """Which form of the person is in there; None where there is none."""
        raw = content if isinstance(content, bytes) else content.encode()
        text = raw.decode("utf-8", "replace").translate(_ARABIC)
        forms = {
            "number": re.search(_APART.join(self.national), text) is not None,
            "name": any(part.lower() in text.lower() for part in self.name.split()),
            "encoded": any(one in raw for one in self._encoded()),
        }
        return next((form for form, there in forms.items() if there), None)

    def _encoded(self) -> list[bytes]:
        """Base64 at each of its three offsets, hex, and unkeyed hashes of the number."""
        found: list[bytes] = []
        for text in (self.number.encode(), self.number[1:].encode(), self.name.encode()):
            found += [base64.b64encode(b"." * i + text)[4 if i else 0 : -4] for i in range(3)]
            found += [text.hex().encode()]
            found += [getattr(hashlib, k)(text).hexdigest().encode() for k in _HASHES]
        return [one for one in found if len(one) >= 8]


_HASHES = ("md5", "sha1", "sha256")
