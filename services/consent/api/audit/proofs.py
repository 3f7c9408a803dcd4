"""Proofs that need not be believed: whoever has a checkpoint and the keys can check them."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from libs.common import merkle
from libs.common.events import AuditCheckpointed
from libs.common.events.audit import Entry
from libs.common.service import Caller
from libs.common.web import NOT_FOUND, Problem, not_found, refuses
from services.consent.api.audit.reader import Reader, note_reading
from services.consent.domain.audit.reading import Shown, shows_something
from services.consent.store import Store

router = APIRouter(prefix="/v1/audit", tags=["audit"])

MOST_ENTRIES = 2_000_000
AT_ONCE = 4
ELSEWHERE = (
    "Or download the bundle, and make the proof with `audit_verify` (inclusion, consistency)."
)
_AT_WORK = asyncio.Semaphore(AT_ONCE)
_WHICH = "Give `sequence`, or `from` and `to`, the smaller size first."
_NOT_SIGNED = "No checkpoint is about this entry yet; ask again in a minute."
_TOO_LONG = f"Proofs are made here up to {MOST_ENTRIES} entries. {ELSEWHERE}"
_BUSY = f"As many proofs as may be are being made: ask again in a while. {ELSEWHERE}"

Number = Annotated[int | None, Query(ge=1, le=2**53)]


class InclusionProof(BaseModel):
    """That an entry is in the trail of a checkpoint (RFC 9162, 2.1.3); hashes are in hex."""

    proof: Literal["inclusion"] = "inclusion"
    tenant: str
    sequence: int
    entry: Entry
    hash: str
    path: list[str]
    checkpoint: str


class ConsistencyProof(BaseModel):
    """That the trail of one checkpoint begins with that of an older one (RFC 9162, 2.1.4)."""

    proof: Literal["consistency"] = "consistency"
    tenant: str
    path: list[str]
    old: str
    new: str


@router.get(
    "/proofs",
    summary="Prove an entry, or that a trail only grew",
    responses=refuses(404, NOT_FOUND)
    | refuses(409, {"not_signed_yet": _NOT_SIGNED})
    | refuses(422, {"which_proof": _WHICH, "trail_too_long": _TOO_LONG})
    | refuses(503, {"busy": _BUSY}),
)
async def prove_audit(
    who: Reader,
    sequence: Number = None,
    old: Annotated[Number, Query(alias="from")] = None,
    new: Annotated[Number, Query(alias="to")] = None,
) -> InclusionProof | ConsistencyProof:
    """With `sequence`: by the first checkpoint over it. With `from` and `to`: sizes of checkpoints.

    All hashes up to that size are read for it, so it takes longer the longer the trail is: of more
    than 2,000,000 entries no proof is made here (422), and four are made at a time (503).
    """
    if sequence is not None and old is None and new is None:
        return await _inclusion(who, sequence)
    if sequence is None and old is not None and new is not None and old <= new:
        return await _consistency(who.store, who.tenant.tenant, old, new)
    raise Problem(422, "which_proof", _WHICH)


async def _inclusion(who: Caller[Store], sequence: int) -> InclusionProof:
    store = who.store
    found = await store.audit.entries.between(sequence, sequence)
    if not found:
        raise not_found()
    checkpoint = await store.audit.checkpoints.over(sequence)
    if checkpoint is None:
        raise Problem(409, "not_signed_yet", _NOT_SIGNED, headers={"Retry-After": "60"})
    path = await _path(
        store, checkpoint.size, lambda: merkle.inclusion_parts(checkpoint.size, sequence - 1)
    )
    if shows_something(found):
        await note_reading(who, Shown("proof", 1))
    told = found[0].model_dump(include={"tenant", "sequence", "entry", "hash"})
    return InclusionProof(**told, path=path, checkpoint=checkpoint.note)


async def _consistency(store: Store, tenant: str, old: int, new: int) -> ConsistencyProof:
    first, second = await _signed(store, old), await _signed(store, new)
    path = await _path(store, new, lambda: merkle.consistency_parts(new, old))
    return ConsistencyProof(tenant=tenant, path=path, old=first.note, new=second.note)


async def _signed(store: Store, size: int) -> AuditCheckpointed:
    found = await store.audit.checkpoints.get(size)
    if found is None:
        raise not_found()
    return found


async def _path(store: Store, size: int, parts: Callable[[], list[range]]) -> list[str]:
    """Beside the event loop: a long trail is a second of work. A page of hashes is all it holds."""
    if size > MOST_ENTRIES:
        raise Problem(422, "trail_too_long", _TOO_LONG)
    if _AT_WORK.locked():
        raise Problem(503, "busy", _BUSY, headers={"Retry-After": "5"})
    async with _AT_WORK:
        folded = merkle.Parts(parts())
        async for page in store.audit.entries.pages_of_hashes(size):
            await asyncio.to_thread(folded.add, page)
    return [step.hex() for step in folded.roots()]
