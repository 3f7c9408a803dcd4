"""One upload, from its first byte to the last line written down."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence

from pydantic import BaseModel, Field

from libs.common.mongo import Work
from libs.common.service import Caller
from libs.common.web import batches, importing
from services.consent.domain.ledger.faults import Fault
from services.consent.domain.ledger.intake import Entering, Outcome
from services.consent.domain.ledger.rows import Reading, Said
from services.consent.domain.ledger.sheet import Sheet
from services.consent.store import Store
from services.consent.store.announcing import announce

BATCH = 200
MOST_FAULTS = 1_000


class LineFault(BaseModel):
    """What is wrong with a line; `line` counts from 1, the header first."""

    line: int
    code: str
    explanation: str


class Report(BaseModel):
    """What became of the lines: `rows` is the sum of the five counts after it."""

    rows: int = 0
    granted: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    ignored_older_than_withdrawal: int = Field(
        0, description="Grants that the person has withdrawn since; they are not written down."
    )
    rejected: int = 0
    faults: list[LineFault] = Field(
        [],
        description=f"The first {MOST_FAULTS}. A line whose fault is `counts_now` was written down "
        "and is no rejected one.",
    )


class Upload:
    """Reads, writes and counts in batches, a transaction each; nothing of the file is kept."""

    def __init__(self, who: Caller[Store], sheet: Sheet) -> None:
        self._who = who
        self._sheet = sheet
        self._counts: Counter[str] = Counter()
        self._faults: list[Fault] = []

    async def run(self, chunks: AsyncIterator[bytes]) -> Report:
        """Takes the file in. Raises Problem 422 where nothing in it can be used."""
        with importing("consents"):
            async for batch in batches(self._sheet, chunks, BATCH):
                self._count(batch)
                said = [reading.said for reading in batch if reading.said]
                self._counts.update(await self._write(said))
        faults = [
            LineFault(line=f.line, code=f.code, explanation=f.explanation) for f in self._faults
        ]
        return Report(rows=self._counts.total(), **self._counts, faults=faults)

    def _count(self, batch: Sequence[Reading]) -> None:
        if rejected := sum(reading.said is None for reading in batch):
            self._counts["rejected"] += rejected
        found = [fault for reading in batch for fault in reading.faults]
        self._faults += found[: MOST_FAULTS - len(self._faults)]

    async def _write(self, said: Sequence[Said]) -> Sequence[Outcome]:
        async def body(store: Store, work: Work) -> Sequence[Outcome]:
            return await _entered(said, Entering(self._who.principal.user, work.now), store, work)

        return await self._who.write(body) if said else []


async def _entered(
    lines: Sequence[Said], entering: Entering, store: Store, work: Work
) -> Sequence[Outcome]:
    numbers = {store.subject_of(said.e164): said.e164 for said in lines}
    books = {book.subject: book for book in await store.ledger.books(numbers)}
    outcomes: list[Outcome] = []
    for said in lines:
        subject = store.subject_of(said.e164)
        books[subject], outcome = entering.entered(books[subject], said)
        outcomes.append(outcome)
    await store.keep(list(books.values()), numbers)
    for book in books.values():
        announce(book, work)
    return outcomes
