"""A person is told something about a request, by text to the number it came with."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from libs.common.events import WordOrdered
from libs.common.mongo import Work
from services.consent.domain.rights.request import Request
from services.consent.store import Store

NEWS_LIVE: Final = timedelta(days=1)
"""After this nobody need be told any more what was decided: it shows on the request."""


@dataclass(frozen=True)
class Word:
    """What is to be said, and until when it is of use."""

    kind: Literal["one_time_code", "confirmation"]
    text: str
    valid_until: datetime


def news(text: str, now: datetime) -> Word:
    """What became of a request."""
    return Word("confirmation", text, now + NEWS_LIVE)


def tell(request: Request, word: Word, store: Store, work: Work) -> None:
    """Orders the text. Raises ValueError where the number is deleted."""
    if request.number is None:
        raise ValueError("the number is deleted: the request is closed")
    work.emit(
        WordOrdered(
            request_id=request.id,
            subject=request.subject,
            at=work.now,
            message_class=word.kind,
            party=b64encode(request.number).decode(),
            sealed=b64encode(store.rights.seal_words(word.text)).decode(),
            valid_until=word.valid_until,
        )
    )
