"""The trail of a tenant: its entries, its end, its checkpoints, and who its people are."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from prometheus_client import Counter

from libs.common.events import AuditCheckpointed, AuditNoted
from libs.common.mongo import TenantScope
from services.consent.domain.audit.chain import Head, Sealing, seal
from services.consent.domain.audit.identity import identity
from services.consent.domain.audit.naming import made_known, of_before
from services.consent.store.audit.checkpoints import CHECKPOINTS, Checkpoints
from services.consent.store.audit.entries import ENTRIES, Asked, Entries
from services.consent.store.audit.heads import HEAD, Heads
from services.consent.store.audit.persons import PERSONS, Persons, unkept
from services.consent.store.audit.unsigned import UNSIGNED, Unsigned
from services.consent.store.audit.untold import UNTOLD, Untold
from services.consent.store.rights.erasures import Erasures

AUDIT = (ENTRIES, HEAD, CHECKPOINTS, PERSONS)
AUDIT_SHARED = (UNSIGNED, UNTOLD)

SEALED = Counter("audit_sealed_total", "Entries sealed.")
MISSING = Counter("audit_missing_total", "Notes that had not come when a later one did.")
LATE = Counter("audit_late_total", "Notes that came after later ones: no longer missing.")
AGAIN = Counter(
    "audit_numbers_again_total",
    "Notes with a number that another note of their service had: was it restored from a copy?",
    ["source"],
)
WITHHELD = Counter("audit_withheld_total", "Values kept out of entries: they looked personal.")

log = structlog.get_logger()


class Audit:
    """One tenant's trail."""

    def __init__(self, scope: TenantScope, erasures: Erasures) -> None:
        self._erasures = erasures
        self.entries = Entries(scope)
        self.checkpoints = Checkpoints(scope)
        self._heads = Heads(scope)
        self._persons = Persons(scope)
        self._unsigned = Unsigned(scope)
        self._untold = Untold(scope)
        self._tenant = scope.tenant

    async def seal(self, noted: Sequence[AuditNoted], now: datetime) -> Sealing:
        """Adds notes in their order and returns what became of them; one that was had adds none.

        Who adds to the same end at the same time begins again, with the end that there is then.
        """
        head = await self._heads.get()
        had = [one for one in noted if head.has(one)]
        others = {identity(one) for one in had} - await self.entries.sealed(had)
        # A note that comes again may be of somebody who was forgotten since.
        new = [one for one in noted if not head.has(one) or identity(one) in others]
        sealing = seal(head, new, await self._people(new), now, others)
        if sealing.entries:
            await self._keep(head, sealing)
        return sealing

    async def _keep(self, head: Head, sealing: Sealing) -> None:
        await self._heads.move(head, sealing.head)
        await self.entries.add(sealing.entries)
        await self._unsigned.put(self._tenant, sealing.head)
        await self._untold.add_entries(self._tenant, head.size + 1, sealing.head.size)
        SEALED.inc(len(sealing.entries))
        MISSING.inc(sealing.missing)
        LATE.inc(sealing.late)
        WITHHELD.inc(sum(entry.withheld for entry in sealing.entries))
        for entry in sealing.again:
            AGAIN.labels(entry.noted.source).inc()
        for entry in sealing.begun:
            told = {"source": entry.noted.source, "source_seq": entry.noted.source_seq}
            log.error("audit.number_again", sequence=entry.sequence, **told)

    async def _people(self, noted: Sequence[AuditNoted]) -> dict[str, str]:
        """The id of whom each note names, by the note's identity.

        A note that was still on its way when its person was erased gets an id of its own that
        nobody keeps, whatever the person is called since; a scan for somebody of whom nothing else
        is noted gets one that nobody keeps either.
        """
        of = [one for one in noted if one.note.person]
        named = {one.note.person for one in of if one.note.person}
        known, erased = await self._persons.known(named), await self._erasures.ended(named)
        kept = known | await self._persons.keep(made_known(of, erased) - known.keys())
        kept |= unkept(named - kept.keys())
        late = unkept({identity(one) for one in of if of_before(one, erased)})
        return {identity(one): kept[one.note.person or ""] for one in of} | late

    async def head(self) -> Head:
        """The end of the trail."""
        return await self._heads.get()

    async def keep_checkpoint(self, head: Head, made: AuditCheckpointed) -> None:
        """Keeps a checkpoint of this end, if it still is the end."""
        await self._heads.move(head, head.checkpointed())
        await self.checkpoints.add(made)
        await self._unsigned.forget(self._tenant)
        await self._untold.add_checkpoint(self._tenant, made.size)

    async def person(self, subject: str) -> str | None:
        """Under which id entries name a person; None where none does."""
        return await self._persons.id(subject)

    async def forget(self, subject: str) -> bool:
        """Forgets whom entries mean by an id: they stay as they are, about nobody.

        Says whether it was known. What is noted of the person later gets another id.
        """
        return await self._persons.forget(subject)


__all__ = ["AUDIT", "AUDIT_SHARED", "Asked", "Audit", "Unsigned", "Untold"]
