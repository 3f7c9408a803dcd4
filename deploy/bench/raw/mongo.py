"""Raw pymongo: what the database takes at most, with the platform's own schema."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import perf_counter
from typing import Any

from pymongo import MongoClient
from pymongo.errors import CollectionInvalid
from pymongo.write_concern import WriteConcern

from libs.common.mongo import Entity

BATCH = 1_000

Document = dict[str, Any]


class Raw:
    """One database through the driver."""

    def __init__(self, url: str, database: str) -> None:
        self._client = MongoClient[Document](url)
        self._database = self._client[database]

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def copy_rate(
        self, source: str, entity: Entity, each: Callable[[Document], object] | None = None
    ) -> float:
        """Documents per second of `insert_many`, for those of `source` into a fresh collection.

        It has the entity's validator and indexes; reading the documents is not timed. `each` is
        done with every document within the time.
        """
        target = self._fresh(f"floor__{source}", entity)
        seconds, count = 0.0, 0
        for batch in _batches(self._database[source].find()):
            began = perf_counter()
            if each:
                for document in batch:
                    each(document)
            target.insert_many(batch, ordered=False)
            seconds += perf_counter() - began
            count += len(batch)
        target.drop()
        return count / seconds

    def fill(self, name: str, count: int) -> None:
        """Adds documents like the first one there, each with ids, codes and numbers of its own."""
        like = self._database[name].find_one()
        if like is None:
            raise ValueError(f"{name} holds nothing to make others like")
        for batch in _batches(_others(like) for _ in range(count)):
            self._database[name].insert_many(batch, ordered=False)

    def delete(self, name: str, query: Document) -> int:
        """Deletes all that fit, as a majority write; says how many."""
        majority = self._database[name].with_options(write_concern=WriteConcern("majority"))
        return majority.delete_many(query).deleted_count

    def count(self, name: str) -> int:
        """Documents in a collection."""
        return self._database[name].estimated_document_count()

    def drop(self, name: str) -> None:
        """Drops a collection."""
        self._database.drop_collection(name)

    def drop_database(self) -> None:
        """Drops everything."""
        self._client.drop_database(self._database.name)

    def _fresh(self, name: str, entity: Entity) -> Any:
        try:
            self._database.create_collection(name, validator=entity.validator())
        except CollectionInvalid:
            raise ValueError(f"{name} is left over from another run") from None
        self._database[name].create_indexes([index.model() for index in entity.indexes])
        return self._database[name]


def _others(like: Document) -> Document:
    """Codes of no number: an index has no eye for the difference."""
    codes = {kind: secrets.token_hex(16) for kind in ("exact", "variant", "national")}
    first = like["numbers"][0]
    number = first | {"codes": first["codes"] | codes}
    return like | {
        "_id": f"cus_{secrets.token_hex(16)}",
        "numbers": [number],
        "codes": sorted(codes.values()),
        "subject": codes["exact"],
    }


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    source = iter(documents)
    while batch := list(islice(source, BATCH)):
        yield batch
