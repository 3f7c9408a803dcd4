"""What a line of a file does to the book of its person: nothing twice, and nothing backwards."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Literal

from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.causes import record_id
from services.consent.domain.ledger.dates import When
from services.consent.domain.ledger.record import Act
from services.consent.domain.ledger.rows import Said

Outcome = Literal["granted", "withdrawn", "unchanged", "ignored_older_than_withdrawal"]


@dataclass(frozen=True)
class Entering:
    """Who brings the file, and when."""

    who: str
    now: datetime

    def entered(self, book: Book, said: Said) -> tuple[Book, Outcome]:
        """The book with what the line says, as far as that is news.

        A grant that the person has withdrawn since is no consent and leaves no record.
        """
        act = self._act(book.subject, said)
        if book.has(act.id) or _is_known(book, said):
            return book, "unchanged"
        if said.granted and book.refuses(act):
            return book, "ignored_older_than_withdrawal"
        return book.adding(act, self.now), "granted" if said.granted else "withdrawn"

    def _act(self, subject: str, said: Said) -> Act:
        return Act(
            id=record_id(_cause(subject, said, self.now)),
            action="grant" if said.granted else "withdraw",
            purpose=said.purpose,
            channel=said.channel,
            at=self._at(said),
            means="csv",
            who=self.who,
            wording=said.wording,
            collected_directly=said.collected_directly,
        )

    def _at(self, said: Said) -> datetime:
        """Where the hour is not known, the one that binds us more: a refusal counts till night.

        Never later than now, by whosever clock: a word that is said after it must count after it.
        """
        if said.when is None:
            return self.now
        return min(said.when.earliest if said.granted else said.when.latest, self.now)


def _is_known(book: Book, said: Said) -> bool:
    """Whether a refusal without a date says nothing new."""
    if said.when or book.state is None:
        return False
    return book.state.holds(said.purpose, said.channel, "withdrawn")


def _cause(subject: str, said: Said, now: datetime) -> str:
    """The same for the same line in a later file; the number itself is no part of it."""
    when: When = said.when or When(now, now)
    parts = [
        subject,
        said.granted,
        said.purpose,
        said.channel,
        *map(datetime.isoformat, astuple(when)),
    ]
    return "/".join(map(str, ["csv", *parts, said.collected_directly, said.wording]))
