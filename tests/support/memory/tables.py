"""Where the documents lie: tables that many scopes share, and transactions over them."""

from collections.abc import Iterable
from typing import Any

from pymongo.errors import DuplicateKeyError

from libs.common.mongo import Document, Entity
from tests.support.memory.values import at, same

Rows = dict[Any, Document]
Uniques = tuple[tuple[str, ...], ...]


class Transaction:
    """Its own view of the tables; nothing of it is seen outside before the commit."""

    def __init__(self) -> None:
        self.views: dict[str, Rows] = {}
        self.touched: list[tuple[str, Any]] = []
        self.broken = False


class Table:
    """The documents of one collection, as one transaction, or everybody, sees them."""

    def __init__(self, name: str, rows: Rows, unique: Uniques, within: Transaction | None) -> None:
        self.name = name
        self._rows = rows
        self._unique = unique
        self._within = within

    def all(self) -> list[Document]:
        """The documents in the order of their arrival."""
        self._whole()
        return list(self._rows.values())

    def get(self, key: Any) -> Document | None:
        """The document with this `_id`."""
        self._whole()
        return self._rows.get(key)

    def add(self, document: Document) -> None:
        """A new document. Raises DuplicateKeyError as the server words it."""
        self._whole()
        if document["_id"] in self._rows:
            raise self._double("_id_", {"_id": document["_id"]})
        self.set(document)

    def set(self, document: Document) -> None:
        """The document under its `_id`, in place of what is there. Raises DuplicateKeyError."""
        self._whole()
        for paths in self._unique:
            values = [at(document, path) for path in paths]
            for other in self._rows.values():
                known = [at(other, path) for path in paths]
                if other["_id"] != document["_id"] and all(map(same, known, values)):
                    raise self._double("_".join(f"{path}_1" for path in paths), {})
        self._note(document["_id"])
        self._rows[document["_id"]] = document

    def drop(self, key: Any) -> None:
        """Deletes a document."""
        self._note(key)
        del self._rows[key]

    def _note(self, key: Any) -> None:
        if self._within:
            self._within.touched.append((self.name, key))

    def _whole(self) -> None:
        if self._within and self._within.broken:
            # The server has aborted it: going on after a caught error works in no real store.
            raise AssertionError("this transaction ended with its first duplicate key")

    def _double(self, index: str, key: Document) -> DuplicateKeyError:
        if self._within:
            self._within.broken = True
        text = f"E11000 duplicate key error collection: memory.{self.name} index: {index} dup key"
        return DuplicateKeyError(text, 11000, {"errmsg": text, "keyValue": key, "code": 11000})


class Tables:
    """All tables of one service. With `declared` given, any other is refused."""

    def __init__(self, declared: Iterable[Entity] | None = None) -> None:
        self._rows: dict[str, Rows] = {}
        self._unique = None if declared is None else {one.name: _unique(one) for one in declared}

    def table(self, entity: str, suffix: str = "", within: Transaction | None = None) -> Table:
        """The table of an entity. Raises LookupError for one that is not declared."""
        if self._unique is not None and entity not in self._unique:
            raise LookupError(f"{entity} is not declared: it would have no validator and no index")
        name = f"{entity}{suffix}"
        rows = self._rows.setdefault(name, {})
        if within is not None:
            rows = within.views.setdefault(name, dict(rows))
        return Table(name, rows, (self._unique or {}).get(entity, ()), within)

    def commit(self, transaction: Transaction) -> None:
        """Makes what a transaction wrote everybody's."""
        if transaction.broken:
            raise AssertionError("this transaction ended with its first duplicate key")
        for name, key in transaction.touched:
            view, rows = transaction.views[name], self._rows[name]
            if key in view:
                rows[key] = view[key]
            else:
                rows.pop(key, None)

    def drop(self, suffix: str) -> None:
        """Drops the tables of a tenant."""
        for name in [name for name in self._rows if name.endswith(suffix)]:
            del self._rows[name]


def _unique(entity: Entity) -> Uniques:
    return tuple(tuple(path for path, _ in index.keys) for index in entity.indexes if index.unique)
