"""The only way to a tenant's documents.

A `TenantScope` names one tenant; it is made from a verified principal or a verified event, in
`libs.common.service`, and from nothing else. What it hands out reads and writes that tenant's
collections alone, inside the scope's transaction where there is one.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

Document = dict[str, Any]
Documents = list[Document]
Query = Mapping[str, Any]
Order = Sequence[tuple[str, int]]

# The collections that are no tenant's: plumbing, ingest's quarantine (its events have no tenant),
# what the gateway must read before it knows the tenant, and what messaging does for all of them:
# which messages are due (their ids alone), and when consent was last heard of; which trails
# consent has still to sign, and what of them it has still to tell; whom ingest has yet to look
# for in what has no tenant.
SERVICE_COLLECTIONS = frozenset(
    {"inbox", "outbox", "trail", "numbers", "parked", "leases", "quarantine"}
    | {"tenants", "accounts", "sessions", "invitations", "resets", "keys"}
    | {"due", "heard", "unsigned", "untold", "erasing"}
)

_DUPLICATE_KEY = 11000

TENANT = re.compile(r"[a-z0-9]{8,26}")


def before(field: str, place: tuple[datetime, str] | None) -> Document:
    """The query for what comes after a place in a list ordered by a time and `_id`, both falling.

    Empty for the first page.
    """
    if place is None:
        return {}
    at, key = place
    return {"$or": [{field: {"$lt": at}}, {field: at, "_id": {"$lt": key}}]}


class Collection:
    """A tenant's collection: the operations that stores use, bound to the transaction."""

    def __init__(self, collection: Any, session: Any = None) -> None:
        self._collection = collection
        self._session = session

    async def get(self, query: Query, fields: Query | None = None) -> Document | None:
        """The one document that fits, or None."""
        found: Document | None = await self._collection.find_one(
            query, fields, session=self._session
        )
        return found

    async def list(
        self, query: Query, *, sort: Order = (), limit: int = 0, fields: Query | None = None
    ) -> Documents:
        """All documents that fit, at most `limit` where it is not 0."""
        cursor = self._collection.find(query, fields, session=self._session)
        if sort:
            cursor = cursor.sort(list(sort))
        found: Documents = await cursor.limit(limit).to_list(None)
        return found

    async def stream(self, query: Query, *, sort: Order = ()) -> AsyncIterator[Document]:
        """The documents that fit, one after the other."""
        cursor = self._collection.find(query, session=self._session)
        async for document in cursor.sort(list(sort)) if sort else cursor:
            yield document

    async def count(self, query: Query) -> int:
        """How many fit."""
        n: int = await self._collection.count_documents(query, session=self._session)
        return n

    async def group(self, query: Query, by: Query, sums: Query) -> Sequence[Document]:
        """Groups what fits, ordered by the group (`_id`); `sums` are accumulators."""
        pipeline = [{"$match": query}, {"$group": {"_id": by, **sums}}, {"$sort": {"_id": 1}}]
        cursor = self._collection.aggregate(pipeline, session=self._session)
        found: Sequence[Document] = await cursor.to_list(None)
        return found

    async def insert(self, document: Document) -> None:
        """Adds one document; a second one with its unique key is refused by the index."""
        await self._collection.insert_one(document, session=self._session)

    async def insert_all(self, documents: Sequence[Document]) -> None:
        """Adds many documents, none where the list is empty."""
        if len(documents) == 1:
            await self.insert(documents[0])  # half the work of a list of one
        elif documents:
            await self._collection.insert_many(documents, ordered=False, session=self._session)

    async def insert_new(self, documents: Sequence[Document]) -> set[str]:
        """Adds those that are not there yet and returns the `_id`s that were.

        In a transaction where one is there already, the transaction ends and begins again.
        """
        if not documents:
            return set()
        try:
            await self._collection.insert_many(documents, ordered=False, session=self._session)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(one["code"] != _DUPLICATE_KEY for one in failed):
                raise
            return {one["op"]["_id"] for one in failed}
        return set()

    async def put(self, document: Document) -> None:
        """Writes the whole document under its `_id`."""
        await self._collection.replace_one(
            {"_id": document["_id"]}, document, upsert=True, session=self._session
        )

    async def put_all(self, documents: Sequence[Document]) -> None:
        """Writes many whole documents under their `_id`s."""
        if documents:
            writes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
            await self._collection.bulk_write(writes, ordered=False, session=self._session)

    async def change_all(self, updates: Sequence[tuple[Query, Query]]) -> None:
        """Updates many documents: for each query the one that fits, where there is one."""
        if updates:
            writes = [UpdateOne(dict(query), dict(update)) for query, update in updates]
            await self._collection.bulk_write(writes, ordered=False, session=self._session)

    async def update(self, query: Query, update: Query, *, upsert: bool = False) -> bool:
        """Updates the one document that fits, and says whether there is one now.

        Not by findAndModify: where two conflict, the server logs that command, and the person in
        it.
        """
        done = await self._updated(query, update, upsert)
        return bool(done.matched_count or done.upserted_id is not None)

    async def change(self, query: Query, update: Query, *, upsert: bool = False) -> Document | None:
        """Updates the document of the query's `_id`, where it fits, and returns it as it is now."""
        done = await self._updated(query, update, upsert)
        if done.upserted_id is not None:
            return await self.get({"_id": done.upserted_id})
        return await self.get({"_id": query["_id"]}) if done.matched_count else None

    async def _updated(self, query: Query, update: Query, upsert: bool) -> Any:
        return await self._collection.update_one(
            query, update, upsert=upsert, session=self._session
        )

    async def remove(self, query: Query) -> int:
        """Deletes all that fit and says how many."""
        result = await self._collection.delete_many(query, session=self._session)
        n: int = result.deleted_count
        return n


class TenantScope:
    """One tenant's part of a service's database."""

    def __init__(self, database: Any, tenant: str, session: Any = None) -> None:
        if not TENANT.fullmatch(tenant):
            raise ValueError("a tenant id is 8 to 26 lower-case letters and digits")
        self.tenant = tenant
        self._database = database
        self._session = session

    def collection(self, entity: str) -> Collection:
        """The tenant's collection of this entity, `<entity>__<tenant>`."""
        return Collection(self._database[f"{entity}__{self.tenant}"], self._session)

    def shared(self, name: str) -> Collection:
        """A collection that is no tenant's, if it is one of those listed."""
        return shared(self._database, name, self._session)


def shared(database: Any, name: str, session: Any = None) -> Collection:
    """A service-wide collection. Raises LookupError for a name that is not listed."""
    if name not in SERVICE_COLLECTIONS:
        raise LookupError(f"{name} is not a service-wide collection: use TenantScope.collection")
    return Collection(database[name], session)
