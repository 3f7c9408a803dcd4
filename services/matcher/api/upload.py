"""One upload, from its first byte to the last row written."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import uuid4

from libs.common import clock
from libs.common.events import ImportFinished, ImportProgressed, Note
from libs.common.mongo import Document, Work
from libs.common.service import Caller
from libs.common.web import batches
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Whose
from services.matcher.domain.rows import Reading
from services.matcher.domain.sheet import Sheet
from services.matcher.domain.suppression import without
from services.matcher.domain.tally import Tally
from services.matcher.store import Store
from services.matcher.store.imports import MOST_FAULTS

BATCH = 1_000
_COUNTED = ("rows", "created", "updated", "unchanged", "repeated", "rejected")


@dataclass(frozen=True)
class Attestation:
    """What the agency says of the file, and who said it.

    `renewed_basis` is why people who were erased may be in it all the same.
    """

    source: str
    lawful_basis: str
    attested_by: str
    renewed_basis: str | None = None


class Upload:
    """Reads, writes and counts in batches; nothing of the file is kept beyond its rows.

    Batches are written one by one, not in one transaction: a file has no bound. If it breaks
    off, the rows so far stay, and the same file sent again changes nothing twice.
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
        writing = asyncio.ensure_future(asyncio.sleep(0))
        try:
            async for batch in batches(self._sheet, chunks, BATCH):
                await writing
                writing = asyncio.ensure_future(self._take(batch))
        finally:
            await writing
        return await self._keep("finished")

    async def _take(self, batch: list[Reading]) -> None:
        await self._write(batch)
        if len(batch) == BATCH:
            await self._keep("running")

    async def _write(self, readings: list[Reading]) -> None:
        now, store = clock.now(), self._who.store
        readings, erased = await self._admitted(readings)
        drafts = [reading.draft for reading in readings if reading.draft]
        basis = self._attestation.lawful_basis
        written = await store.customers.write_all(drafts, self._id, basis, now)
        await self._renew(drafts, erased, now)
        faults = [(fault, one) for one in readings for fault in one.faults]
        kept = faults[: max(0, MOST_FAULTS - self._faults)]
        told = [(fault, self._whose(one)) for fault, one in kept]
        await store.imports.add_faults(self._id, told, now)
        self._faults += len(kept)
        self._tally = self._tally.plus(readings, written)

    async def _admitted(self, readings: list[Reading]) -> tuple[list[Reading], set[str]]:
        """The lines without people who were erased, unless the file has a new basis for them.

        And the numbers of those people. A customer kept on a new basis already may come again.
        """
        region, store = self._who.tenant.region, self._who.store
        erased = await store.erased.among({n for one in readings for n in one.mentioned(region)})
        if not erased or self._attestation.renewed_basis:
            return readings, erased
        ids = [store.customers.id_of(one.draft) if one.draft else "" for one in readings]
        renewed = await store.customers.renewed(ids)
        return [
            one if key in renewed else without(one, erased, region)
            for key, one in zip(ids, readings, strict=True)
        ], erased

    async def _renew(self, drafts: list[Draft], erased: set[str], now: datetime) -> None:
        basis = self._attestation.renewed_basis
        back = [d for d in drafts if any(number.e164 in erased for number in d.numbers)]
        if basis and back:
            customers = self._who.store.customers
            await customers.renew({customers.id_of(draft) for draft in back}, basis, now)
            self._renewed += len(back)

    def _whose(self, reading: Reading) -> Whose:
        draft = reading.draft
        customer = self._who.store.customers.id_of(draft) if draft else None
        return Whose(reading.mentioned(self._who.tenant.region), customer)

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
            actor=f"user:{self._attestation.attested_by}",
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
