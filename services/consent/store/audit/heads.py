"""The end of the trail, which is changed only by who has seen it as it is."""

from libs.common.merkle import Range
from libs.common.mongo import Document, Entity, TenantScope
from services.consent.domain.audit.chain import Head
from services.consent.domain.audit.numbers import Numbers

HEAD = Entity(
    "trail_head",
    {
        "size": ("int", "long"),
        "hash": ("string",),
        "peaks": ("array",),
        "last": ("object",),
        "gaps": ("object",),
        "again": ("object",),
        "signed": ("int", "long"),
        "since": ("date", "null"),
    },
    ("size", "hash", "peaks", "last", "signed"),
    plain=("_id", "hash", "peaks", "last", "gaps", "again"),
)

_ID = "head"


class Overtaken(Exception):
    """Another has changed the end meanwhile."""


class Heads:
    """One document. `peaks` are in hex, `last` maps a service to its highest number, `gaps` to the
    ranges that are missing, `again` to one that came twice; older trails have no such.
    """

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("trail_head")

    async def get(self) -> Head:
        """The end; that of an empty trail where there is none."""
        row = await self._rows.get({"_id": _ID})
        if row is None:
            return Head()
        tree = Range(row["size"], tuple(map(bytes.fromhex, row["peaks"])))
        return Head(tree, row["hash"], _counted(row), row["signed"], row["since"])

    async def move(self, seen: Head, to: Head) -> None:
        """Puts the new end in the place of the one that was seen. Raises Overtaken."""
        if seen == Head():
            return await self._rows.insert({"_id": _ID, **_row(to)})
        as_seen = {"_id": _ID, "size": seen.size, "signed": seen.signed}
        if not await self._rows.update(as_seen, {"$set": _row(to)}):
            raise Overtaken


def _counted(row: Document) -> dict[str, Numbers]:
    gaps, again = row.get("gaps", {}), row.get("again", {})
    return {
        source: Numbers(last, tuple(map(tuple, gaps.get(source, ()))), again.get(source, 0))
        for source, last in row["last"].items()
    }


def _row(head: Head) -> Document:
    counted = head.counted.items()
    return {
        "size": head.size,
        "hash": head.hash,
        "peaks": [peak.hex() for peak in head.tree.peaks],
        "last": {source: known.last for source, known in counted},
        "gaps": {source: [*map(list, known.gaps)] for source, known in counted if known.gaps},
        "again": {source: known.again for source, known in counted if known.again},
        "signed": head.signed,
        "since": head.since,
    }
