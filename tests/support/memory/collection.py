"""The operations of `libs.common.mongo.Collection` over a table."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError

from libs.common.mongo import Collection, Document, Documents
from libs.common.mongo.scope import Order, Query
from tests.support.memory.groups import grouped
from tests.support.memory.queries import fits, ordered, shown
from tests.support.memory.tables import Table
from tests.support.memory.updates import beginning, updated
from tests.support.memory.values import stored


class MemoryCollection(Collection):
    """Does what the real one does, but for validators: only the server has those.

    What a store has no need of yet raises NotImplementedError, rather than answering wrongly.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    async def get(self, query: Query, fields: Query | None = None) -> Document | None:
        """The first document that fits."""
        found = await self.list(query, limit=1, fields=fields)
        return found[0] if found else None

    async def list(
        self, query: Query, *, sort: Order = (), limit: int = 0, fields: Query | None = None
    ) -> Documents:
        """All that fit."""
        found = ordered(self._fitting(query), sort)
        return [shown(stored(one), fields) for one in (found[:limit] if limit else found)]

    async def stream(self, query: Query, *, sort: Order = ()) -> AsyncIterator[Document]:
        """All that fit, one after the other."""
        for document in await self.list(query, sort=sort):
            yield document

    async def count(self, query: Query) -> int:
        """How many fit."""
        return len(self._fitting(query))

    async def group(self, query: Query, by: Query, sums: Query) -> Sequence[Document]:
        """Groups what fits."""
        return grouped([stored(one) for one in self._fitting(query)], by, sums)

    async def insert(self, document: Document) -> None:
        """Adds one."""
        self._add(document)

    async def insert_all(self, documents: Sequence[Document]) -> None:
        """Adds many; the good ones land even where others are refused."""
        if len(documents) == 1:
            await self.insert(documents[0])
        else:
            self._each(self._add, documents)

    async def insert_new(self, documents: Sequence[Document]) -> set[str]:
        """Adds those that are not there."""
        try:
            self._each(self._add, documents)
        except BulkWriteError as error:
            return {one["op"]["_id"] for one in error.details["writeErrors"]}
        return set()

    async def put(self, document: Document) -> None:
        """Writes the whole document."""
        self._table.set(stored(document))

    async def put_all(self, documents: Sequence[Document]) -> None:
        """Writes many whole documents."""
        self._each(lambda document: self._table.set(stored(document)), documents)

    async def change_all(self, updates: Sequence[tuple[Query, Query]]) -> None:
        """Updates those that fit."""

        def one(update: Document) -> None:
            for document in self._fitting(update["query"])[:1]:
                self._table.set(stored(updated(stored(document), stored(update["update"]))))

        self._each(one, [{"query": query, "update": update} for query, update in updates])

    async def update(self, query: Query, update: Query, *, upsert: bool = False) -> bool:
        """Updates the first that fits, or makes it; says whether there is one now."""
        return await self.change(query, update, upsert=upsert) is not None

    async def change(self, query: Query, update: Query, *, upsert: bool = False) -> Document | None:
        """Updates the first that fits, or makes it."""
        found = self._fitting(query)
        if found:
            document = stored(updated(stored(found[0]), stored(update)))
            self._table.set(document)
        elif upsert:
            made = updated(beginning(stored(query)), stored(update), fresh=True)
            document = stored({"_id": made.pop("_id", None) or ObjectId(), **made})
            self._table.add(document)
        else:
            return None
        return stored(document)

    async def remove(self, query: Query) -> int:
        """Deletes all that fit."""
        found = self._fitting(query)
        for document in found:
            self._table.drop(document["_id"])
        return len(found)

    def _fitting(self, query: Query) -> Documents:
        wanted = stored(query)
        keys = _keys(wanted.get("_id"))
        if keys is None:
            return [one for one in self._table.all() if fits(one, wanted)]
        del wanted["_id"]
        known = (self._table.get(key) for key in keys)
        return [one for one in known if one is not None and fits(one, wanted)]

    def _add(self, document: Document) -> None:
        document.setdefault("_id", ObjectId())  # the driver too gives the caller's document one
        self._table.add(stored(document))

    def _each(self, do: Callable[[Document], None], documents: Sequence[Document]) -> None:
        """As an unordered bulk write: to the end, then one error for all that was refused."""
        errors: Documents = []
        for index, document in enumerate(documents):
            try:
                do(document)
            except DuplicateKeyError as error:
                errors.append({"index": index, "code": 11000, "errmsg": str(error), "op": document})
        if errors:
            raise BulkWriteError({"writeErrors": errors})


def _keys(wanted: Any) -> Sequence[str] | None:
    """The ids that a query names one by one, as the index on `_id` finds them: in order."""
    if isinstance(wanted, dict) and set(wanted) == {"$in"}:
        wanted = wanted["$in"]
    keys = wanted if isinstance(wanted, list) else [wanted]
    return sorted(set(keys)) if all(isinstance(key, str) for key in keys) else None
