"""Notes for the audit on their way out: written with the change that they are about.

They have no number yet. One process at a time numbers them, per tenant and without a gap, and
sends them; a number that is missing later is a note that was lost.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from libs.common.events import AuditNoted, Envelope, Note, derived_id, enclose
from libs.common.events.personal import PROVE, Personal
from libs.common.mongo.schema import Entity, Index
from libs.common.mongo.scope import Collection, Document, Documents

BATCH = 200
MOST_CHARACTERS = 20_000

TRAIL = Entity(
    "trail",
    {
        "tenant": ("string",),
        "at": ("date",),
        "order": ("long", "int"),
        "note": ("object",),
        "seq": ("long", "int"),
    },
    ("tenant", "at", "order", "note"),
    (Index((("at", 1), ("order", 1))), Index((("seq", 1),))),
    personal={
        "note": Personal("evidence", PROVE, "coded"),
    },
    plain=("_id", "tenant"),
)
NUMBERS = Entity("numbers", {"last": ("long", "int")}, ("last",), plain=("_id",))

_order = itertools.count()


class NoteTooLarge(ValueError):
    """A note that no topic would take; it would hold up all others for ever."""


def rows(noted: Sequence[tuple[str, Note]], at: datetime) -> list[Document]:
    """The rows for notes of one unit of work: tenant and note, in their order.

    Raises NoteTooLarge.
    """
    return [
        {
            "_id": uuid4().hex,
            "tenant": tenant,
            "at": at,
            "order": next(_order),
            "note": _told(note),
        }
        for tenant, note in noted
    ]


async def numbered(trail: Collection, numbers: Collection) -> Documents:
    """The next rows to be sent, each with its number, per tenant in the order of their numbers.

    Inside the caller's transaction. Those that have a number and are still there come first, and
    alone: a later number must not go before an earlier one.
    """
    left = await trail.list({"seq": {"$gt": 0}}, sort=[("seq", 1)], limit=BATCH)
    if left:
        return left
    fresh = await trail.list({}, sort=[("at", 1), ("order", 1)], limit=BATCH)
    by_tenant: defaultdict[str, Documents] = defaultdict(list)
    for row in fresh:
        by_tenant[row["tenant"]].append(row)
    for tenant, own in by_tenant.items():
        raised = {"$inc": {"last": len(own)}}
        now: Any = await numbers.change({"_id": tenant}, raised, upsert=True)
        for seq, row in enumerate(own, now["last"] - len(own) + 1):
            row["seq"] = seq
    await trail.change_all([({"_id": row["_id"]}, {"$set": {"seq": row["seq"]}}) for row in fresh])
    return fresh


def event(row: Document, service: str) -> Envelope:
    """What is sent for a row; the same, with the same id, however often it is sent."""
    ident = derived_id(row["_id"], AuditNoted.TYPE)
    fact = AuditNoted(
        tenant=row["tenant"],
        source=service,
        source_seq=row["seq"],
        at=row["at"],
        note=Note.model_validate(row["note"]),
        note_id=ident,
    )
    return enclose(fact, row["tenant"], id=ident, source=service, time=row["at"])


def _told(note: Note) -> Document:
    told = note.model_dump(mode="json", exclude_defaults=True)
    if len(str(told)) > MOST_CHARACTERS:
        raise NoteTooLarge(f"{note.action}: of at most {MOST_CHARACTERS} characters")
    return told
