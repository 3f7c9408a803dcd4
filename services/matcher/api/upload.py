"""One upload, from its first byte to the last row written."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from uuid import uuid4

from libs.common import clock
from libs.common.events import ImportFinished, ImportProgressed, Note, actor_of
from libs.common.mongo import Document, Work
from libs.common.service import Caller
from libs.common.web import batches, importing
from services.matcher.api.batch import Attestation, Batch
from services.matcher.domain.rows import Reading
from services.matcher.domain.sheet import Sheet
from services.matcher.domain.tally import Tally
from services.matcher.store import Store
from services.matcher.store.imports import MOST_FAULTS

BATCH = 1_000
_COUNTED = ("rows", "created", "updated", "unchanged", "repeated", "rejected")


class Upload:
    """Reads, writes and counts in batches; nothing of the file is kept beyond its rows.

    Each batch is a transaction, since a file has no bound: if it breaks off, the rows so far
    stay, and the same file sent again changes nothing twice. Whether a person was erased is asked
    in the transaction that writes, which ends soon or not at all: it is over before an erasure
    asks for the last time whether anything is left.
    """

    def __init__(self, who: Caller[Store], sheet: Sheet, attestation: Attestation) -> None:
        self._who = who
        self._sheet = sheet
        self._attestation = attestation
        self._id = f"imp_{uuid4().hex}"
        self._started_at = clock.now()
        self._tally = Tally()
        self._faults = 0
        self._renewed = 0

    async def run(self, chunks: AsyncIterator[bytes]) -> Document:
        """Imports the file and returns the import's row.

        A batch is written while the next one is read. Raises Problem 422 where nothing in the
        file can be used.
        """
        with importing("customers"):
            await self._read(chunks)
            return await self._keep("finished")

    async def _read(self, chunks: AsyncIterator[bytes]) -> None:
        writing = asyncio.ensure_future(asyncio.sleep(0))
        try:
            async for batch in batches(self._sheet, chunks, BATCH):
                await writing
                writing = asyncio.ensure_future(self._take(batch))
        finally:
            await writing

    async def _take(self, batch: list[Reading]) -> None:
        await self._write(batch)
        if len(batch) == BATCH:
            await self._keep("running")

    async def _write(self, readings: list[Reading]) -> None:
        batch = Batch(self._id, self._attestation, MOST_FAULTS - self._faults)
        taken = await self._who.apart(partial(batch.write, readings))
        self._faults += taken.faults
        self._renewed += taken.renewed
        self._tally = self._tally.plus(taken.readings, taken.written)

    async def _keep(self, state: str) -> Document:
        row = self._row(state)
        told = {
            name: row["counts"][name]
            for name in ImportProgressed.model_fields
            if name in row["counts"]
        }

        async def body(store: Store, work: Work) -> None:
            await store.imports.put(row)
            if state == "running":
                work.emit(ImportProgressed(import_id=self._id, **told))
                return
            work.emit(ImportFinished(import_id=self._id, state=state, **told))
            work.note(self._note())

        await self._who.write(body)
        return row

    def _note(self) -> Note:
        counts = {name: getattr(self._tally, name) for name in _COUNTED}
        renewed = self._attestation.renewed_basis is not None
        return Note(
            action="import.finished",
            actor=actor_of(self._attestation.attested_by),
            object=self._id,
            reason="renewed_basis" if renewed else None,
            facts={**counts, **({"renewed": self._renewed} if renewed else {})},
        )

    def _row(self, state: str) -> Document:
        counts = asdict(self._tally)
        guess = self._sheet.guess
        return {
            "_id": self._id,
            "state": state,
            **asdict(self._attestation),
            "started_at": self._started_at,
            "updated_at": clock.now(),
            "faults": counts.pop("faults"),
            "counts": counts,
            "encoding": guess.encoding if guess else None,
            "delimiter": guess.delimiter if guess else None,
            "unknown_columns": list(self._sheet.unknown),
        }
