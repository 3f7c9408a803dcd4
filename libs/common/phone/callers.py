"""What stands in a call's `from`: a number, nothing on purpose, a short code, or text."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from libs.common.phone.number import Number
from libs.common.phone.reading import parse
from libs.common.phone.spelling import clean

CallerKind = Literal["number", "withheld", "short_code", "text"]

_WITHHELD = re.compile(
    r"(?:anonymous|restricted|unavailable|unknown|private|withheld|blocked|hidden)"
    r"(?:caller|callerid|number|name)?|notavailable|nocallerid|none|null|(?:رقم)?(?:مجهول|محجوب|خاص)"
)
_NOT_WORD = re.compile(r"[\W_]")
# ANONYMOUS typed on a keypad: some exchanges send it as if it were a number.
_KEYPAD: Final = "266696687"
# RFC 3323: a host under .invalid says that the caller asked for privacy.
_NOWHERE = re.compile(r"@[\w.-]*\.?invalid\b", re.IGNORECASE)
_SHORT_CODE = re.compile(r"\+?\d{2,6}")


@dataclass(frozen=True, slots=True)
class Caller:
    """The other side of a call. `text` is what was shown, cleaned; None where withheld."""

    kind: CallerKind
    text: str | None = None
    number: Number | None = None

    @property
    def e164(self) -> str | None:
        """The number in E.164, where there is one."""
        return self.number.e164 if self.number else None


def caller(raw: str | None, region: str | None) -> Caller:
    """Reads a caller as a carrier shows it; `region` is the country of the called line."""
    text = clean(raw or "")
    if _withheld(raw or "", text):
        return Caller("withheld")
    # Without its own + an unlikely number may be of another country: better none than a wrong one.
    found = parse(raw or "", region, lenient=text.startswith("+"))
    if isinstance(found, Number):
        return Caller("number", text, found)
    if _SHORT_CODE.fullmatch(text):
        return Caller("short_code", text)
    return Caller("text", text)


def _withheld(raw: str, text: str) -> bool:
    if not text or text.removeprefix("+") == _KEYPAD or _NOWHERE.search(raw):
        return True
    return _WITHHELD.fullmatch(_NOT_WORD.sub("", text).casefold()) is not None
