"""Collections as declared by stores, made with validator and indexes before first use.

A collection that comes into being by its first insert has no unique index, and so no
protection against doubles.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.errors import OperationFailure

from libs.common.events import Personal
from libs.common.mongo.scope import Documents, TenantScope

# Given the tenant's scope, the documents that go, and the Work, which is made of what is here.
Leaving = Callable[[TenantScope, Documents, Any], Awaitable[Mapping[str, int]]]

_NAMESPACE_EXISTS = 48


@dataclass(frozen=True)
class Index:
    """An index: `keys` as (field, 1 or -1); `ttl` in seconds makes documents expire.

    `holding` names a field and its BSON type: only documents with such a value are in it.
    """

    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    ttl: int | None = None
    holding: tuple[str, str] | None = None

    def model(self) -> IndexModel:
        """The driver's form of it."""
        options: dict[str, Any] = {"unique": True} if self.unique else {}
        if self.ttl is not None:
            options["expireAfterSeconds"] = self.ttl
        if self.holding is not None:
            name, kind = self.holding
            options["partialFilterExpression"] = {name: {"$type": kind}}
        return IndexModel(list(self.keys), **options)


@dataclass(frozen=True)
class Kept:
    """How long documents stay: the period of a category, from the moment in the field `since`.

    After it the field `emptied` becomes null; where none is named, the document is deleted.
    Documents whose field has one of the values in `spared` wait until it has another. `leaving`
    does, in the same transaction, what else is to be done with documents that go, and says how
    many of other collections went with them.
    """

    category: str
    since: str
    emptied: str | None = None
    spared: tuple[str, frozenset[str]] | None = None
    leaving: Leaving | None = None


@dataclass(frozen=True)
class Entity:
    """A kind of document that a store owns, per tenant.

    `fields` maps each field to its BSON types; what is not named there is refused. `person` is
    the field that holds the subject whom the document is about, None where it is about nobody.
    `personal` says of each personal field what it is and why it is there; `plain` names the
    others that could hold words.
    """

    name: str
    fields: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = field(default=())
    person: str | None = None
    kept: tuple[Kept, ...] = ()
    personal: Mapping[str, Personal] = field(default_factory=dict)
    plain: tuple[str, ...] = ()

    def validator(self) -> dict[str, Any]:
        """The `$jsonSchema` that the server enforces; it also tells which indexes there are."""
        properties = {name: {"bsonType": list(types)} for name, types in self.fields.items()}
        return {
            "$jsonSchema": {
                "bsonType": "object",
                "description": f"indexes: {[str(index) for index in self.indexes]}",
                "required": ["_id", *self.required],
                "properties": {"_id": {}, **properties},
                "additionalProperties": False,
            }
        }


async def prepare(database: Any, entities: tuple[Entity, ...], suffix: str = "") -> None:
    """Makes each collection, or brings it up to date; one question where nothing changed."""
    wanted = {f"{entity.name}{suffix}": entity for entity in entities}
    query = {"name": {"$in": list(wanted)}}
    listed = [one async for one in await database.list_collections(filter=query)]
    there = {one["name"]: one["options"].get("validator") for one in listed}
    for name, entity in wanted.items():
        if there.get(name) != entity.validator():
            await _make(database, name, entity)


async def _make(database: Any, name: str, entity: Entity) -> None:
    """The validator comes last: it says that all is there, also after a crash in between."""
    if entity.indexes:
        await database[name].create_indexes([index.model() for index in entity.indexes])
    else:
        await _create(database, name)
    await database.command("collMod", name, validator=entity.validator())


async def _create(database: Any, name: str) -> None:
    try:
        await database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise


async def drop(database: Any, entities: tuple[Entity, ...], suffix: str) -> None:
    """Drops the collections of a tenant that has left."""
    for entity in entities:
        await database.drop_collection(f"{entity.name}{suffix}")
