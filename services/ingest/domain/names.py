"""Is the name that came with a call a name? Often it is the number, or the place of the line."""

import re
import unicodedata

_LONGEST = 100
_DIGITS_OF_A_NUMBER = 7

_NO_NAME = frozenset(
    {
        "anonymous",
        "blocked",
        "caller unknown",
        "name unavailable",
        "no name",
        "out of area",
        "private",
        "private caller",
        "restricted",
        "toll free caller",
        "unavailable",
        "unknown",
        "unknown caller",
        "unknown name",
        "wireless caller",
        "withheld",
    }
)

_PROVINCES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY AB BC MB NB NL NS ON PE QC SK"
)
_CODE = f"(?:{'|'.join(_PROVINCES.split())})"
_COUNTRY = r"(?:,? (?:US|USA|CAN))?"
_CITY_COMMA_CODE = re.compile(rf"[^,]+, ?{_CODE}{_COUNTRY}", re.IGNORECASE)
_CITY_CODE = re.compile(rf"[A-Z][A-Z .'-]* {_CODE}{_COUNTRY}")


def caller_name(text: str | None, number: str | None) -> str | None:
    """The caller's name, or None where the text repeats the number or names a place.

    `number` is the caller's as the provider wrote it. Carriers in North America fill in city and
    state in capitals; a person whose name ends like a state code is lost with them, which is the
    lesser harm, because this name is weak support only.
    """
    name = _readable(text or "")
    if not any(map(str.isalpha, name)) or name == (number or "").strip():
        return None
    if sum(map(str.isdigit, name)) >= _DIGITS_OF_A_NUMBER or name.lower() in _NO_NAME:
        return None
    if _CITY_COMMA_CODE.fullmatch(name) or _CITY_CODE.fullmatch(name):
        return None
    return name


def _readable(text: str) -> str:
    """Without control and formatting characters (NUL, marks of direction), blanks made one."""
    plain = "".join(" " if unicodedata.category(c).startswith("C") else c for c in text)
    return " ".join(plain.split())[:_LONGEST]
