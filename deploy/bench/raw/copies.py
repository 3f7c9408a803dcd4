"""Many people like one: the documents of one person, copied for others under other names."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel, MongoClient
from pymongo.write_concern import WriteConcern

BATCH = 1_000
_APART = frozenset({"inbox", "outbox", "trail", "numbers", "parked", "leases", "periods"})
"""What is there whoever lives."""

Document = dict[str, Any]


class Copies:
    """One service's database through the driver.

    `names` tell the person from others, such as keyed codes; ids are added to them. In a copy each
    is another one of the same length, in all documents of that copy.
    """

    def __init__(self, url: str, database: str, names: Sequence[str]) -> None:
        self._client = MongoClient[Document](url)
        self._database = self._client.get_database(database, write_concern=WriteConcern(w=1))
        self._names = [name.encode() for name in names]
        self._like = {place: rows for place in self._places() if (rows := self._mine(place))}
        self._name_ids()

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def drop_database(self) -> None:
        """Drops everything."""
        self._client.drop_database(self._database.name)

    def counts(self) -> dict[str, int]:
        """Documents of one person, by entity."""
        return {place.partition("__")[0]: len(rows) for place, rows in self._like.items()}

    def fill(self, people: int) -> list[str]:
        """Adds so many people; gives what the first of the names is for each.

        Validators are passed by and indexes made anew behind it: both for the time it takes.
        """
        indexes = {place: self._without_indexes(place) for place in self._like}
        first: list[str] = []
        fresh = (self._others() for _ in range(people))
        while batch := list(islice(fresh, BATCH)):
            first += [others[self._names[0]].decode() for others in batch]
            for place, rows in self._like.items():
                made = [_renamed(row, others) for others in batch for row in rows]
                self._database[place].insert_many(
                    made, ordered=False, bypass_document_validation=True
                )
        for place, models in indexes.items():
            if models:
                self._database[place].create_indexes(models)
        return first

    def _without_indexes(self, place: str) -> list[IndexModel]:
        """Takes them away, but for that of ids; gives them as they are to be made again."""
        specs = [dict(spec) for spec in self._database[place].list_indexes()]
        self._database[place].drop_indexes()
        return [
            IndexModel(list(spec.pop("key").items()), **{k: v for k, v in spec.items() if k != "v"})
            for spec in specs
            if spec["name"] != "_id_"
        ]

    def _others(self) -> dict[bytes, bytes]:
        return {name: secrets.token_hex(len(name))[: len(name)].encode() for name in self._names}

    def _places(self) -> Iterator[str]:
        for place in sorted(self._database.list_collection_names()):
            if place.partition("__")[0] not in _APART:
                yield place

    def _mine(self, place: str) -> list[bytes]:
        found = [bson.encode(row) for row in self._database[place].find()]
        return [row for row in found if any(name in row for name in self._names)]

    def _name_ids(self) -> None:
        rows = [row for rows in self._like.values() for row in rows]
        for key in sorted((bson.decode(row)["_id"].encode() for row in rows), key=len):
            if not any(name in key for name in self._names):
                self._names.append(key)


def _renamed(row: bytes, others: Mapping[bytes, bytes]) -> RawBSONDocument:
    """Lengths stay, so that the bytes stay a document."""
    for name, other in others.items():
        row = row.replace(name, other)
    return RawBSONDocument(row)
