"""The ledger, which only grows, and the state of each person as it follows from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from libs.common.events import ConsentChanged
from libs.common.events.personal import HEED, SUBJECT, USER, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope, before
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.folded import Folded
from services.consent.domain.ledger.record import Act, Record

_EVIDENCE = Personal("evidence", HEED)

LEDGER = Entity(
    "ledger",
    {
        "subject": ("string",),
        "seq": ("int", "long"),
        "action": ("string",),
        "purpose": ("string",),
        "channel": ("string",),
        "at": ("date",),
        "recorded_at": ("date",),
        "means": ("string",),
        "who": ("string",),
        "wording": ("string", "null"),
        "collected_directly": ("bool",),
        "message_id": ("string", "null"),
        "fingerprint": ("string", "null"),
    },
    ("subject", "seq", "action", "purpose", "channel", "at", "recorded_at", "means", "who"),
    (Index((("subject", 1), ("seq", 1)), unique=True),),
    person="subject",
    personal={
        "subject": SUBJECT.to(HEED),
        "action": _EVIDENCE,
        "purpose": _EVIDENCE,
        "channel": _EVIDENCE,
        "means": _EVIDENCE,
        "who": USER.to(HEED),
        "message_id": _EVIDENCE,
        "fingerprint": Personal("evidence", HEED, "coded"),
    },
    plain=("_id", "wording"),
)
STATES = Entity(
    "states",
    {
        "version": ("int", "long"),
        "permissions": ("array",),
        "suppressed": ("bool",),
        "suspected": ("bool",),
        "objected": ("bool",),
        "restricted": ("bool",),
        "changed_at": ("date",),
        "folded": ("object",),
    },
    ("version", "permissions", "suppressed", "suspected", "objected", "changed_at"),
    (
        Index((("changed_at", -1), ("_id", -1))),
        Index((("suspected", 1), ("changed_at", -1), ("_id", -1))),
    ),
    person="_id",
    personal={
        "_id": SUBJECT.to(HEED),
        "permissions": _EVIDENCE,
        "folded": _EVIDENCE,
    },
)


class Ledger:
    """One tenant's records and states. `_id` of a state is the person's subject.

    A record takes the next `seq` of its person and the state that number as its version; two
    writers who read the same book meet at both, and the transaction of one begins again.
    """

    def __init__(self, scope: TenantScope) -> None:
        self._records = scope.collection("ledger")
        self._states = scope.collection("states")

    async def book(self, subject: str) -> Book:
        """All that one person has said."""
        (book,) = await self.books([subject])
        return book

    async def book_for(self, subject: str, act: Act) -> Book:
        """The book to add an act to that is not in the ledger: with no more records than needed.

        An act that comes after all that is folded is folded in alone. Any other is set in its
        place among all records.
        """
        row = await self._states.get({"_id": subject}, {"folded": 1})
        if row is None:
            return Book(subject)
        base = Folded.model_validate(row["folded"]) if "folded" in row else None
        return Book(subject, base=base) if base and base.precedes(act) else await self.book(subject)

    async def books(self, subjects: Iterable[str]) -> list[Book]:
        """A book for each subject, in their order."""
        read: dict[str, list[Record]] = {subject: [] for subject in subjects}
        rows = await self._records.list({"subject": {"$in": list(read)}}, sort=[("seq", 1)])
        for row in rows:
            read[row["subject"]].append(_record(row))
        return [Book(subject, tuple(held), kept=len(held)) for subject, held in read.items()]

    async def keep(self, books: Sequence[Book]) -> None:
        """Adds the fresh records and writes the states that follow from them."""
        await self._states.put_all([row for book in books if (row := _row(book))])
        await self._records.insert_all([_document(r) for book in books for r in book.fresh])

    async def holder(self, record_id: str) -> str | None:
        """Whose record has this id; None where there is none."""
        row = await self._records.get({"_id": record_id})
        return row["subject"] if row else None

    async def state(self, subject: str) -> ConsentChanged | None:
        """What the person allows; None where nothing was ever said."""
        row = await self._states.get({"_id": subject})
        return _state(row) if row else None

    async def states(
        self, after: tuple[datetime, str] | None, limit: int, only_suspected: bool
    ) -> list[ConsentChanged]:
        """The last changed first, from a place (time and subject) on."""
        query: Document = {"suspected": True} if only_suspected else {}
        query |= before("changed_at", after)
        order = [("changed_at", -1), ("_id", -1)]
        return [_state(row) for row in await self._states.list(query, sort=order, limit=limit)]

    async def records(self, subject: str, below: int | None, limit: int) -> list[Record]:
        """A person's records, the last written first, from a `seq` on downwards."""
        query: Document = {"subject": subject}
        if below is not None:
            query["seq"] = {"$lt": below}
        rows = await self._records.list(query, sort=[("seq", -1)], limit=limit)
        return [_record(row) for row in rows]


def _record(row: Document) -> Record:
    return Record.model_validate({**row, "id": row["_id"]})


def _document(record: Record) -> Document:
    return {"_id": record.id, **{name: value for name, value in record if name != "id"}}


def _state(row: Document) -> ConsentChanged:
    return ConsentChanged.model_validate({**row, "subject": row["_id"]})


def _row(book: Book) -> Document | None:
    if book.told is None or book.folded is None:
        return None
    told = book.told.model_dump(exclude={"subject"})
    return {"_id": book.subject, **told, "folded": book.folded.model_dump()}
