"""Notes for the audit on their way out: written with the change that they are about.

They have no number yet. One process at a time numbers them, per tenant and without a gap, and
sends them; a number that is missing later is a note that was lost.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from libs.common.events import Note
from libs.common.mongo.schema import Entity, Index
from libs.common.mongo.scope import Document

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
    (Index((("at", 1), ("order", 1))),),
)

_order = itertools.count()


def rows(noted: Sequence[tuple[str, Note]], at: datetime) -> list[Document]:
    """The rows for notes of one unit of work: tenant and note, in their order."""
    return [
        {
            "_id": uuid4().hex,
            "tenant": tenant,
            "at": at,
            "order": next(_order),
            "note": note.model_dump(mode="json", exclude_defaults=True),
        }
        for tenant, note in noted
    ]
