"""What a store may rely on, of the scope in memory and of the real one alike.

Validators are the server's alone: tests of stores over the real one prove that they accept what
the store writes.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import BulkWriteError

from libs.common.mongo import (
    Collection,
    Document,
    DuplicateKeyError,
    Entity,
    Index,
    Mongo,
    TenantScope,
)
from tests.support.http import tenant_id
from tests.support.memory.queries import ordered
from tests.support.memory.values import rank, stored
from tests.support.units import MemoryCollection, MemoryMongo, MemoryScope

ANY = ("string", "int", "long", "double", "bool", "date", "null", "array", "object")
THINGS = Entity(
    "things",
    dict.fromkeys(("a", "b", "c", "n", "at", "tags", "parts", "deep"), ANY),
    indexes=(Index((("c", 1),)),),
)
NAMED = Entity(
    "named",
    {"name": ("string",), "n": ("int",)},
    indexes=(Index((("name", 1),), unique=True),),
)
ENTITIES = (THINGS, NAMED)
NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)


class Contract:
    """Every operation; the subclasses say over what."""

    @pytest.fixture
    def things(self, mongo: Mongo, tenant: str) -> Collection:
        return mongo.scope(tenant).collection("things")

    @pytest.fixture
    def named(self, mongo: Mongo, tenant: str) -> Collection:
        return mongo.scope(tenant).collection("named")

    async def test_a_document_comes_back_as_bson_holds_it(self, things: Collection) -> None:
        exact = NOON + timedelta(microseconds=1999)
        await things.insert({"_id": "x", "at": exact, "tags": ("a", "b"), "deep": {"n": 1}})
        assert await things.get({"_id": "x"}) == {
            "_id": "x",
            "at": NOON + timedelta(milliseconds=1),
            "tags": ["a", "b"],
            "deep": {"n": 1},
        }
        assert await things.get({"at": exact, "_id": "x"})
        assert await things.get({"_id": "y"}) is None

    async def test_what_was_read_is_a_copy(self, things: Collection) -> None:
        given = {"_id": "x", "deep": {"n": 1}}
        await things.insert(given)
        given["deep"] = {"n": 2}
        read = await things.get({"_id": "x"})
        assert read is not None
        read["deep"]["n"] = 3
        assert await things.get({"_id": "x"}) == {"_id": "x", "deep": {"n": 1}}

    async def test_an_id_is_given_where_there_is_none(self, things: Collection) -> None:
        await things.insert({"a": 1})
        row = await things.get({"a": 1})
        assert row is not None
        assert row["_id"] is not None

    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ({}, "1234"),
            ({"a": 1}, "1"),
            ({"a": 1.0}, "1"),
            ({"a": True}, "3"),
            ({"a": None}, "24"),
            ({"a": {"$ne": None}}, "13"),
            ({"a": {"$ne": 1}}, "234"),
            ({"a": {"$exists": True}}, "123"),
            ({"a": {"$exists": False}}, "4"),
            ({"a": {"$in": [1, None]}}, "124"),
            ({"a": {"$in": []}}, ""),
            ({"a": {"$nin": [1]}}, "234"),
            ({"n": {"$lt": 3}}, "12"),
            ({"n": {"$lte": 3}}, "123"),
            ({"n": {"$gt": 1, "$lt": 3}}, "2"),
            ({"n": {"$gte": 3}}, "34"),
            ({"n": {"$gt": "a"}}, ""),
            ({"at": {"$gte": NOON}}, "23"),
            ({"at": {"$lt": NOON}}, "1"),
            ({"tags": "red"}, "12"),
            ({"tags": {"$in": ["blue", "green"]}}, "23"),
            ({"tags": ["red"]}, "1"),
            ({"tags": {"$ne": "red"}}, "34"),
            ({"parts.size": 2}, "12"),
            ({"parts.size": {"$gt": 2}}, "2"),
            ({"parts.size": {"$in": [1]}}, "1"),
            ({"deep.one.two": "x"}, "1"),
            ({"deep.one.two": None}, "234"),
            ({"$or": [{"n": 1}, {"tags": "green"}]}, "13"),
            ({"$or": [{"n": {"$gt": 1}}, {"a": 1}], "tags": "red"}, "12"),
            ({"$and": [{"n": {"$gt": 1}}, {"n": {"$lt": 4}}]}, "23"),
        ],
    )
    async def test_queries(self, things: Collection, query: Document, ids: str) -> None:
        await things.insert_all(
            [
                {
                    "_id": "1",
                    "a": 1,
                    "n": 1,
                    "at": NOON - timedelta(days=1),
                    "tags": ["red"],
                    "parts": [{"size": 1}, {"size": 2}],
                    "deep": {"one": {"two": "x"}},
                },
                {
                    "_id": "2",
                    "a": None,
                    "n": 2,
                    "at": NOON,
                    "tags": ["red", "blue"],
                    "parts": [{"size": 2}, {"size": 3}],
                    "deep": {"one": None},
                },
                {"_id": "3", "a": True, "n": 3, "at": NOON, "tags": ["green"], "parts": []},
                {"_id": "4", "n": 4, "tags": []},
            ]
        )
        found = await things.list(query, sort=[("_id", 1)])
        assert "".join(row["_id"] for row in found) == ids
        assert await things.count(query) == len(ids)
        assert [row["_id"] async for row in things.stream(query, sort=[("_id", -1)])] == list(
            reversed(ids)
        )

    async def test_order_limit_and_fields(self, things: Collection) -> None:
        await things.insert_all(
            [
                {"_id": "1", "n": 2, "a": "x"},
                {"_id": "2", "n": 1, "a": "y"},
                {"_id": "3", "n": 2, "a": None},
                {"_id": "4", "a": "z"},
                {"_id": "5", "n": None},
            ]
        )
        order = [("n", -1), ("_id", 1)]
        found = await things.list({}, sort=order)
        assert [row["_id"] for row in found] == ["1", "3", "2", "4", "5"]
        assert [row["_id"] for row in await things.list({}, sort=order, limit=2)] == ["1", "3"]
        one = {"_id": "1"}
        assert await things.list(one, fields={"n": 1}) == [{"_id": "1", "n": 2}]
        assert await things.list(one, fields={"n": 1, "_id": 0}) == [{"n": 2}]
        assert await things.get(one, {"n": 0}) == {"_id": "1", "a": "x"}
        assert await things.get(one, {"_id": 1}) == {"_id": "1"}

    async def test_a_second_one_with_the_same_id_is_refused(self, things: Collection) -> None:
        await things.insert({"_id": "x", "a": 1})
        with pytest.raises(DuplicateKeyError) as caught:
            await things.insert({"_id": "x", "a": 2})
        assert "index: _id_ " in str((caught.value.details or {})["errmsg"])
        assert await things.get({"_id": "x"}) == {"_id": "x", "a": 1}

    async def test_a_unique_index_holds(self, named: Collection) -> None:
        await named.insert({"_id": "1", "name": "a"})
        with pytest.raises(DuplicateKeyError) as caught:
            await named.insert({"_id": "2", "name": "a"})
        assert "index: name_1 " in str((caught.value.details or {})["errmsg"])
        await named.put({"_id": "1", "name": "a", "n": 1})
        with pytest.raises(DuplicateKeyError):
            await named.put({"_id": "3", "name": "a"})
        with pytest.raises(DuplicateKeyError):
            await named.change({"_id": "4"}, {"$set": {"name": "a"}}, upsert=True)
        assert await named.count({}) == 1

    async def test_many_at_once(self, things: Collection) -> None:
        await things.insert_all([])
        await things.insert_all([{"_id": "1"}, {"_id": "2"}])
        with pytest.raises(BulkWriteError):
            await things.insert_all([{"_id": "2"}, {"_id": "3"}])
        assert await things.insert_new([]) == set()
        assert await things.insert_new([{"_id": "3"}, {"_id": "4"}, {"_id": "1"}]) == {"1", "3"}
        await things.put_all([])
        await things.put_all([{"_id": "4", "a": 4}, {"_id": "5", "a": 5}])
        await things.change_all([])
        await things.change_all(
            [
                ({"_id": "5"}, {"$inc": {"a": 1}}),
                ({"_id": "6"}, {"$set": {"a": 6}}),
                ({"_id": "4", "a": 3}, {"$set": {"a": 9}}),
            ]
        )
        rows = await things.list({}, sort=[("_id", 1)])
        assert [(row["_id"], row.get("a")) for row in rows] == [
            ("1", None),
            ("2", None),
            ("3", None),
            ("4", 4),
            ("5", 6),
        ]

    async def test_a_put_replaces_the_whole_document(self, things: Collection) -> None:
        await things.put({"_id": "x", "a": 1, "b": 1})
        await things.put({"_id": "x", "b": 2})
        assert await things.list({}) == [{"_id": "x", "b": 2}]

    @pytest.mark.parametrize(
        ("update", "after"),
        [
            ({"$set": {"a": 2, "deep.x": 1}}, {"a": 2, "deep": {"n": 1, "x": 1}}),
            ({"$set": {"b.c.d": 1}}, {"b": {"c": {"d": 1}}}),
            ({"$unset": {"a": "", "c": "", "deep.n": ""}}, {"a": ..., "deep": {}}),
            ({"$inc": {"n": 2, "b": 1}}, {"n": 3, "b": 1}),
            ({"$max": {"n": 5, "at": NOON - timedelta(1)}}, {"n": 5}),
            ({"$max": {"n": 0, "c": NOON, "b": 7}}, {"c": NOON, "b": 7}),
            ({"$min": {"n": 0, "at": NOON + timedelta(1)}}, {"n": 0}),
            ({"$push": {"tags": "x"}}, {"tags": ["a", "b", "x"]}),
            ({"$push": {"tags": {"$each": ["x", "y"], "$slice": -3}}}, {"tags": ["b", "x", "y"]}),
            ({"$push": {"b": {"x": 1}}}, {"b": [{"x": 1}]}),
            ({"$addToSet": {"tags": {"$each": ["b", "c"]}}}, {"tags": ["a", "b", "c"]}),
            ({"$pull": {"tags": "a"}}, {"tags": ["b"]}),
            ({"$setOnInsert": {"b": 1}, "$set": {"a": 3}}, {"a": 3}),
        ],
    )
    async def test_updates(self, things: Collection, update: Document, after: Document) -> None:
        before = {
            "_id": "x",
            "a": 1,
            "n": 1,
            "at": NOON,
            "c": None,
            "tags": ["a", "b"],
            "deep": {"n": 1},
        }
        await things.insert(dict(before))
        wanted = {**before, **after}
        if "$unset" in update:
            wanted.pop("a")
            wanted.pop("c")
        assert await things.change({"_id": "x"}, update) == wanted
        assert await things.get({"_id": "x"}) == wanted

    @pytest.mark.parametrize(
        "update",
        [
            {"$set": {"n": 1}, "$inc": {"n": 1}},
            {"$set": {"deep.x": 1, "deep": {}}},
            {"$inc": {"a": 1}},
            {"$push": {"a": 1}},
            {"$set": {"_id": "y"}},
        ],
    )
    async def test_updates_that_cannot_be(self, things: Collection, update: Document) -> None:
        await things.insert({"_id": "x", "a": "text", "n": 0, "deep": {"y": 1}})
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the driver has several classes
            await things.change({"_id": "x"}, update)
        assert not isinstance(caught.value, NotImplementedError)
        assert await things.get({"_id": "x"}) == {"_id": "x", "a": "text", "n": 0, "deep": {"y": 1}}

    async def test_a_whole_document_is_no_update(self, things: Collection) -> None:
        with pytest.raises(ValueError, match=r"\$"):
            await things.change({"_id": "x"}, {"a": 1}, upsert=True)

    async def test_an_upsert_begins_with_what_the_query_is_equal_to(
        self, things: Collection
    ) -> None:
        update = {"$set": {"b": 2}, "$setOnInsert": {"c": 3}, "$inc": {"n": 1}}
        query = {"_id": "x", "a": 1, "deep.n": 5}
        assert await things.change(query, update) is None
        first = await things.change(query, update, upsert=True)
        assert first == {"_id": "x", "a": 1, "deep": {"n": 5}, "b": 2, "c": 3, "n": 1}
        again = await things.change(
            query, {"$setOnInsert": {"c": 9}, "$inc": {"n": 1}}, upsert=True
        )
        assert again == {**first, "n": 2}
        made = await things.change({"a": {"$gt": 7}}, {"$set": {"a": 8}}, upsert=True)
        assert made is not None
        assert set(made) == {"_id", "a"}

    async def test_an_upsert_behind_a_guard_meets_the_one_it_did_not_find(
        self, things: Collection
    ) -> None:
        await things.insert({"_id": "x", "n": 5})
        guarded = {"_id": "x", "n": {"$lt": 5}}
        with pytest.raises(DuplicateKeyError):
            await things.change(guarded, {"$set": {"a": 1}}, upsert=True)
        assert await things.get({"_id": "x"}) == {"_id": "x", "n": 5}

    async def test_removing(self, things: Collection) -> None:
        await things.insert_all([{"_id": "1", "a": 1}, {"_id": "2", "a": 1}, {"_id": "3"}])
        assert await things.remove({"a": 1}) == 2
        assert await things.remove({"a": 1}) == 0
        assert await things.list({}) == [{"_id": "3"}]

    async def test_groups(self, things: Collection) -> None:
        await things.insert_all(
            [
                {"a": "y", "n": 1, "at": NOON},
                {"a": "x", "n": 2, "at": NOON + timedelta(hours=11)},
                {"a": "x", "n": 3, "at": NOON + timedelta(hours=12)},
                {"a": "x", "at": NOON},
                {"a": "z", "n": 9, "b": "left out"},
            ]
        )
        query = {"b": None}
        sums = {"count": {"$sum": 1}, "n": {"$sum": "$n"}, "most": {"$max": "$n"}}
        assert await things.group(query, {"a": "$a"}, sums) == [
            {"_id": {"a": "x"}, "count": 3, "n": 5, "most": 3},
            {"_id": {"a": "y"}, "count": 1, "n": 1, "most": 1},
        ]
        sums = {"least": {"$min": "$n"}, "mean": {"$avg": "$n"}}
        assert await things.group(query, {}, sums) == [{"_id": {}, "least": 1, "mean": 2.0}]
        day = {"$dateTrunc": {"date": "$at", "unit": "day", "timezone": "Asia/Riyadh"}}
        found = await things.group(query, {"day": day, "a": "$a"}, {"count": {"$sum": 1}})
        first, second = NOON.replace(day=18, hour=21), NOON.replace(hour=21)
        assert found == [
            {"_id": {"day": first, "a": "x"}, "count": 1},
            {"_id": {"day": first, "a": "y"}, "count": 1},
            {"_id": {"day": second, "a": "x"}, "count": 2},
        ]

    async def test_tenants_are_apart(self, mongo: Mongo, tenant: str, other: str) -> None:
        here, there = (mongo.scope(one).collection("things") for one in (tenant, other))
        await here.insert({"_id": "x", "a": 1})
        await there.insert({"_id": "x", "a": 2})
        assert await here.list({}) == [{"_id": "x", "a": 1}]
        assert await there.remove({}) == 1
        assert await here.count({}) == 1

    async def test_what_is_no_tenant_and_no_shared_name(self, mongo: Mongo, tenant: str) -> None:
        for bad in ("", "short", "Capitals1", "a" * 27, "with__under"):
            with pytest.raises(ValueError, match="tenant id"):
                mongo.scope(bad)
        with pytest.raises(LookupError):
            mongo.scope(tenant).shared("things")
        with pytest.raises(LookupError):
            mongo.service_collection("customers")

    async def test_shared_collections(self, mongo: Mongo, tenant: str, other: str) -> None:
        key = uuid4().hex
        await mongo.scope(tenant).shared("inbox").insert({"_id": key, "at": NOON})
        assert await mongo.scope(other).shared("inbox").count({"_id": key}) == 1
        assert await mongo.service_collection("inbox").remove({"_id": key}) == 1

    async def test_a_transaction_is_seen_when_it_is_over(self, mongo: Mongo, tenant: str) -> None:
        outside = mongo.scope(tenant).collection("things")
        await outside.insert_all([{"_id": "1"}, {"_id": "2"}])

        async def body(session: Any) -> str:
            inside = mongo.scope(tenant, session).collection("things")
            await inside.insert({"_id": "3"})
            await inside.remove({"_id": "1"})
            await inside.change({"_id": "2"}, {"$set": {"a": 1}})
            assert await inside.count({}) == 2
            assert await outside.list({}, sort=[("_id", 1)]) == [{"_id": "1"}, {"_id": "2"}]
            return "done"

        assert await mongo.transaction(body) == "done"
        assert await outside.list({}, sort=[("_id", 1)]) == [{"_id": "2", "a": 1}, {"_id": "3"}]

    async def test_a_transaction_that_fails_leaves_nothing(self, mongo: Mongo, tenant: str) -> None:
        things = mongo.scope(tenant).collection("things")
        await things.insert({"_id": "1"})

        async def body(session: Any) -> None:
            scope = mongo.scope(tenant, session)
            await scope.collection("things").put({"_id": "1", "a": 1})
            await scope.collection("named").insert({"_id": "1", "name": "a"})
            raise KeyError

        with pytest.raises(KeyError):
            await mongo.transaction(body)
        assert await things.list({}) == [{"_id": "1"}]
        assert await mongo.scope(tenant).collection("named").count({}) == 0

    async def test_transactions_side_by_side_lose_no_update(
        self, mongo: Mongo, tenant: str
    ) -> None:
        things = mongo.scope(tenant).collection("things")
        await things.insert({"_id": "x", "n": 0})

        async def body(session: Any) -> None:
            own = mongo.scope(tenant, session).collection("things")
            row = await own.get({"_id": "x"})
            assert row is not None
            await own.put({"_id": "x", "n": row["n"] + 1})

        await asyncio.gather(*(mongo.transaction(body) for _ in range(4)))
        assert await things.get({"_id": "x"}) == {"_id": "x", "n": 4}


class TestMemory(Contract):
    @pytest.fixture
    def mongo(self) -> Mongo:
        return MemoryMongo(ENTITIES)

    @pytest.fixture
    def tenant(self) -> str:
        return tenant_id()

    @pytest.fixture
    def other(self) -> str:
        return tenant_id()


class TestMongo(Contract):
    @pytest.fixture
    async def mongo(self, mongo_url: str) -> AsyncIterator[Mongo]:
        mongo = Mongo(mongo_url, "contract", ENTITIES)
        await mongo.start()
        yield mongo
        mongo.close()

    @pytest.fixture
    async def tenant(self, mongo: Mongo) -> AsyncIterator[str]:
        tenant = tenant_id()
        await mongo.open_tenant(tenant)
        yield tenant
        await mongo.close_tenant(tenant)

    @pytest.fixture
    async def other(self, mongo: Mongo) -> AsyncIterator[str]:
        other = tenant_id()
        await mongo.open_tenant(other)
        yield other
        await mongo.close_tenant(other)


def test_every_operation_is_there() -> None:
    for real, fake in ((Collection, MemoryCollection), (TenantScope, MemoryScope)):
        public = {name for name in vars(real) if not name.startswith("_")}
        assert public <= set(vars(fake))
    # `scope` and `transaction` and the rest, or the real method would run on no connection.
    assert {name for name in vars(Mongo) if not name.startswith("_")} <= set(vars(MemoryMongo))


async def test_what_is_not_declared_is_refused() -> None:
    with pytest.raises(LookupError, match="no validator"):
        MemoryMongo(ENTITIES).scope("t0000001").collection("others")
    await MemoryScope("t0000001").collection("others").insert({"_id": "x"})


@pytest.mark.parametrize(
    "query", [{"a": {"$regex": "x"}}, {"$nor": []}, {"a": {"$elemMatch": {}}}, {"a": {"$not": {}}}]
)
async def test_what_is_not_known_is_said(query: Document) -> None:
    things = MemoryScope("t0000001").collection("things")
    await things.insert({"_id": "x", "a": 1})
    with pytest.raises(NotImplementedError):
        await things.list(query)
    with pytest.raises(NotImplementedError):
        await things.change({"_id": "x"}, {"$rename": {"a": "b"}})
    with pytest.raises(NotImplementedError):
        await things.group({}, {"$year": "$at"}, {})


async def test_nobody_goes_on_after_a_duplicate_key_in_a_transaction() -> None:
    mongo = MemoryMongo(ENTITIES)
    await mongo.scope("t0000001").collection("things").insert({"_id": "x"})

    async def body(session: Any) -> None:
        things = mongo.scope("t0000001", session).collection("things")
        await things.insert_new([{"_id": "x"}])

    with pytest.raises(AssertionError, match="duplicate key"):
        await mongo.transaction(body)


async def test_a_transaction_that_is_tried_again_has_one_effect() -> None:
    mongo = MemoryMongo(ENTITIES)
    mongo.retries = 2
    runs: list[int] = []

    async def body(session: Any) -> None:
        runs.append(1)
        things = mongo.scope("t0000001", session).collection("things")
        await things.change({"_id": "x"}, {"$inc": {"n": 1}}, upsert=True)

    await mongo.transaction(body)
    assert len(runs) == 3
    assert await mongo.scope("t0000001").collection("things").get({"_id": "x"}) == {
        "_id": "x",
        "n": 1,
    }


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=3)
    | st.datetimes(
        timezones=st.just(UTC),
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    )
)


@given(st.lists(VALUES, max_size=8))
@settings(max_examples=50)
def test_any_values_have_an_order(values: list[Any]) -> None:
    rows = [stored({"_id": str(i), "a": value}) for i, value in enumerate(values)]
    ranks = [rank(row["a"]) for row in ordered(rows, [("a", 1)])]
    assert ranks == sorted(ranks)
