"""A policy's status and a person's language, in one word each."""

import re
from functools import lru_cache
from typing import Final

from libs.common.customers.folding import plain

_STATUSES: Final[dict[str, str]] = {
    "active": "active|in force|inforce|current|live|valid|open|نشط|نشطة|ساري|سارية|فعال|فعالة",
    "pending": "pending|quote|quoted|new|renewing|in progress|معلق|معلقة|قيد الانتظار|جديد",
    "lapsed": "lapsed|expired|inactive|overdue|منتهي|منتهية|غير نشط|غير فعال",
    "cancelled": "cancelled|canceled|terminated|closed|void|ملغي|ملغية|ملغى|ملغاة",
    "prospect": "prospect|lead|محتمل|عميل محتمل",
}
_LANGUAGES: Final[dict[str, str]] = {
    "ar": "ara|arabic|العربية|عربي|عربية",
    "en": "eng|english|الانجليزية|انجليزي",
    "es": "spa|spanish|español|الاسبانية",
    "fr": "fra|french|français|الفرنسية",
    "ur": "urd|urdu|اردو|الاردية",
    "hi": "hin|hindi|الهندية",
}
_LONGEST: Final = 40


def _inverted(words: dict[str, str]) -> dict[str, str]:
    return {plain(text): word for word, spellings in words.items() for text in spellings.split("|")}


_STATUS_OF: Final = _inverted(_STATUSES)
_LANGUAGE_OF: Final = _inverted(_LANGUAGES)


@lru_cache(1024)
def status(text: str) -> str:
    """The common word for a status; the text itself in lower case where there is none."""
    words = plain(text)
    return _STATUS_OF.get(words) or words[:_LONGEST]


@lru_cache(1024)
def language(text: str) -> str | None:
    """The ISO 639-1 code; None where the text names no language that is known."""
    words = plain(text)
    code = words.partition(" ")[0]
    return code if re.fullmatch("[a-z]{2}", code) else _LANGUAGE_OF.get(words)
