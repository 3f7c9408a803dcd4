"""One batch of a file: what is in it of people who were erased is left out, the rest is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.mongo import Work
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import Whose
from services.matcher.domain.rows import Reading
from services.matcher.domain.suppression import without
from services.matcher.domain.tally import Written
from services.matcher.store import Store


@dataclass(frozen=True)
class Attestation:
    """What the agency says of the file, and who said it.

    `renewed_basis` is why people who were erased may be in it all the same.
    """

    source: str
    lawful_basis: str
    attested_by: str
    renewed_basis: str | None = None


@dataclass(frozen=True)
class Taken:
    """The lines as they were taken, and how many faults were kept and people brought back."""

    readings: Sequence[Reading]
    written: Written
    faults: int
    renewed: int


@dataclass(frozen=True)
class Batch:
    """Of an import (its id), for one transaction, which may run several times."""

    origin: str
    attestation: Attestation
    most_faults: int

    async def write(self, readings: Sequence[Reading], store: Store, work: Work) -> Taken:
        """Writes the customers, and what was wrong with their lines."""
        region = work.tenant.region
        readings, erased = await self._admitted(readings, store, region)
        drafts = [reading.draft for reading in readings if reading.draft]
        basis = self.attestation.lawful_basis
        written = await store.customers.write_all(drafts, self.origin, basis, work.now)
        renewed = await self._renew(drafts, erased, store, work.now)
        faults = [(fault, one) for one in readings for fault in one.faults]
        told = [
            (fault, Whose(one.mentioned(region), _id(one, store)))
            for fault, one in faults[: max(0, self.most_faults)]
        ]
        await store.imports.add_faults(self.origin, told, work.now)
        return Taken(readings, written, len(told), renewed)

    async def _admitted(
        self, readings: Sequence[Reading], store: Store, region: str
    ) -> tuple[Sequence[Reading], set[str]]:
        """The lines without people who were erased, unless the file has a new basis for them.

        And the numbers of those people. A customer kept on a new basis already may come again.
        """
        erased = await store.erased.among({n for one in readings for n in one.mentioned(region)})
        if not erased or self.attestation.renewed_basis:
            return readings, erased
        ids = [_id(one, store) or "" for one in readings]
        renewed = await store.customers.renewed(ids)
        return [
            one if key in renewed else without(one, erased, region)
            for key, one in zip(ids, readings, strict=True)
        ], erased

    async def _renew(
        self, drafts: Sequence[Draft], erased: set[str], store: Store, now: datetime
    ) -> int:
        basis = self.attestation.renewed_basis
        back = [d for d in drafts if any(number.e164 in erased for number in d.numbers)]
        if not basis or not back:
            return 0
        await store.customers.renew({store.customers.id_of(one) for one in back}, basis, now)
        return len(back)


def _id(reading: Reading, store: Store) -> str | None:
    return store.customers.id_of(reading.draft) if reading.draft else None
