"""Collections on the real server: made once, brought up to date, and left alone otherwise."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from libs.common.mongo import Entity, Index, Mongo
from tests.support.http import tenant_id

ONE, TWO = Index((("at", 1),)), Index((("name", 1),), unique=True)
NOTES = Entity("notes", {"at": ("date",), "name": ("string",)}, (), (ONE,))
PLAIN = Entity("plain", {"text": ("string",)})
CHANGES = ("create", "collMod", "createIndexes")


@pytest.fixture
async def server(mongo_url: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with AsyncMongoClient[dict[str, Any]](mongo_url) as client:
        yield client


async def opened(url: str, tenant: str, *entities: Entity) -> None:
    mongo = Mongo(url, "schema", entities)
    await mongo.open_tenant(tenant)
    mongo.close()


async def made(server: AsyncMongoClient[dict[str, Any]], tenant: str) -> dict[str, Any]:
    """Per collection its options, and the names of its indexes."""
    listed = await server.schema.list_collections(filter={"name": {"$regex": tenant}})
    return {
        one["name"].partition("__")[0]: (
            one["options"]["validator"],
            sorted(await server.schema[one["name"]].index_information()),
        )
        async for one in listed
    }


async def changes(server: AsyncMongoClient[dict[str, Any]]) -> int:
    """How often the server was told to make or change a collection, by whomever."""
    commands = (await server.admin.command("serverStatus"))["metrics"]["commands"]
    return sum(commands[name]["total"] for name in CHANGES)


async def test_collections_that_are_as_they_should_be_are_left_alone(
    server: AsyncMongoClient[dict[str, Any]], mongo_url: str
) -> None:
    tenant = tenant_id()
    await opened(mongo_url, tenant, NOTES, PLAIN)
    before = await changes(server)
    await opened(mongo_url, tenant, NOTES, PLAIN)
    assert await changes(server) == before
    assert await made(server, tenant) == {
        "notes": (NOTES.validator(), ["_id_", "at_1"]),
        "plain": (PLAIN.validator(), ["_id_"]),
    }


async def test_a_new_index_and_a_new_field_reach_collections_that_are_there(
    server: AsyncMongoClient[dict[str, Any]], mongo_url: str
) -> None:
    tenant = tenant_id()
    await opened(mongo_url, tenant, NOTES, PLAIN)
    more = replace(NOTES, indexes=(ONE, TWO))
    wider = replace(PLAIN, fields={**PLAIN.fields, "more": ("int",)})
    await opened(mongo_url, tenant, more, wider)
    assert await made(server, tenant) == {
        "notes": (more.validator(), ["_id_", "at_1", "name_1"]),
        "plain": (wider.validator(), ["_id_"]),
    }


async def test_what_a_crash_left_half_made_is_finished(
    server: AsyncMongoClient[dict[str, Any]], mongo_url: str
) -> None:
    tenant = tenant_id()
    await server.schema.create_collection(f"notes__{tenant}")
    await server.schema.create_collection(f"plain__{tenant}")
    await opened(mongo_url, tenant, NOTES, PLAIN)
    assert await made(server, tenant) == {
        "notes": (NOTES.validator(), ["_id_", "at_1"]),
        "plain": (PLAIN.validator(), ["_id_"]),
    }
