"""The store over documents in memory and over the real MongoDB, with its validators."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from libs.common.events import TenantSaved
from libs.common.keys import SealBroken
from libs.common.mongo import Document
from services.matcher.app import build
from services.matcher.domain.faults import Fault, Whose
from services.matcher.domain.tally import Written
from services.matcher.settings import Settings
from services.matcher.store import ENTITIES, Store
from services.matcher.store.customers import Customers
from tests.matcher.given import NOON, NUMBER, OTHER, draft
from tests.support.http import Harness, harness

LATER = NOON + timedelta(minutes=1)


def an_import(import_id: str = "imp_1", **said: object) -> Document:
    row: Document = {
        "_id": import_id,
        "state": "running",
        "source": "the CRM",
        "lawful_basis": "contract",
        "attested_by": "usr_1",
        "started_at": NOON,
        "updated_at": NOON,
        "counts": {"rows": 1},
        "faults": {"not_valid": 1},
        "encoding": None,
        "delimiter": None,
        "unknown_columns": [],
    }
    return {**row, **said}


def nobodys(faults: list[Fault]) -> list[tuple[Fault, Whose]]:
    return [(fault, Whose(frozenset(), None)) for fault in faults]


class Contract:
    @pytest.fixture
    def store(self, matcher: Harness[Store], agency: TenantSaved) -> Store:
        return matcher.store(agency)

    async def test_a_customer_is_written_and_read(self, store: Store) -> None:
        row = await store.customers.save(draft(), "api", "contract", NOON)
        assert row == await store.customers.get(row["_id"])
        assert row["_id"].startswith("cus_")
        assert (row["version"], row["created_at"], row["last_contact"]) == (1, NOON, None)
        assert (row["renewal_on"], row["customer_since"]) == ("2026-06-01", "2019-03-04")
        assert row["numbers"][0]["codes"]["exact"] == row["subject"]
        assert await store.customers.get("cus_unknown") is None

    async def test_keys_and_codes_hold_no_number(self, store: Store) -> None:
        keyed = draft(None, NUMBER, email=None)
        row = await store.customers.save(keyed, "api", "contract", NOON)
        assert not any("2025550143" in str(row[name]) for name in ("_id", "codes", "subject"))
        assert "haddad" not in row["_id"]

    async def test_a_second_write_counts_up_and_keeps_what_is_not_its_own(
        self, store: Store
    ) -> None:
        first = await store.customers.save(draft(), "api", "contract", NOON)
        await store.customers.contacted(first["_id"], NOON)
        again = await store.customers.save(draft(name="A. Haddad"), "api", "consent", LATER)
        assert again["_id"] == first["_id"]
        assert (again["version"], again["name"], again["lawful_basis"]) == (
            2,
            "A. Haddad",
            "consent",
        )
        assert (again["created_at"], again["updated_at"]) == (NOON, LATER)
        assert again["last_contact"] == NOON

    async def test_replacing_keeps_the_id_and_needs_somebody(self, store: Store) -> None:
        row = await store.customers.save(draft(), "imp_1", "contract", NOON)
        changed = await store.customers.replace(row["_id"], draft("P-2", OTHER), "contract", LATER)
        assert changed is not None
        assert (changed["_id"], changed["external_id"], changed["version"]) == (
            row["_id"],
            "P-2",
            2,
        )
        assert await store.customers.known(NUMBER, "US") == []
        assert await store.customers.replace("cus_unknown", draft(), "contract", NOON) is None

    async def test_removing(self, store: Store) -> None:
        row = await store.customers.save(draft(), "api", "contract", NOON)
        assert await store.customers.remove(row["_id"])
        assert not await store.customers.remove(row["_id"])
        assert await store.customers.known(NUMBER, "US") == []

    async def test_a_contact_is_never_undone_by_an_earlier_one(self, store: Store) -> None:
        row = await store.customers.save(draft(), "api", "contract", NOON)
        for at in (NOON, LATER, NOON - timedelta(days=1)):
            await store.customers.contacted(row["_id"], at)
        after = await store.customers.get(row["_id"])
        assert after is not None
        assert (after["last_contact"], after["version"]) == (LATER, 1)
        await store.customers.contacted("cus_unknown", NOON)
        assert await store.customers.get("cus_unknown") is None

    async def test_who_has_a_number(self, store: Store) -> None:
        for one in (
            draft("main", NUMBER, OTHER),
            draft("second", OTHER, NUMBER),
            draft("extension", f"{NUMBER} ext 5"),
            draft("nobody", OTHER),
        ):
            await store.customers.save(one, "api", "contract", NOON)
        known = await store.customers.known(NUMBER, "US")
        ids = {store.customers.id_of(draft(name)): name for name in ("main", "second", "extension")}
        assert sorted((ids[one.customer_id], one.how, one.primary) for one in known) == [
            ("extension", "exact", True),
            ("main", "exact", True),
            ("second", "exact", False),
        ]
        assert {one.renewal_on for one in known} == {draft().renewal_on}

    async def test_a_number_in_another_spelling_or_with_another_country_code(
        self, store: Store
    ) -> None:
        mexican = replace(draft("mx", "+525512345678"))
        await store.customers.save(mexican, "api", "contract", NOON)
        (variant,) = await store.customers.known("+5215512345678", "MX")
        assert (variant.how, variant.agency_region) == ("variant", True)
        await store.customers.save(draft("us"), "api", "contract", NOON)
        (national,) = await store.customers.known("+442025550143", "US")
        assert (national.how, national.agency_region) == ("national", True)

    async def test_a_customer_without_numbers_is_nobody_who_calls(self, store: Store) -> None:
        silent = replace(draft(email="amal@example.org"), numbers=())
        row = await store.customers.save(silent, "api", "contract", NOON)
        assert (row["subject"], row["codes"], row["numbers"]) == (None, [], [])
        assert await store.customers.known(NUMBER, "US") == []

    async def test_pages(self, store: Store) -> None:
        for i in range(5):
            at = NOON + timedelta(seconds=i // 2)
            await store.customers.save(draft(f"P-{i}"), "api", "contract", at)
        whole = await store.customers.page(None, 10)
        order = [(row["updated_at"], row["_id"]) for row in whole]
        assert order == sorted(order, reverse=True)
        found: list[tuple[object, str]] = []
        place = None
        while rows := await store.customers.page(place, 2):
            place = (rows[-1]["updated_at"], rows[-1]["_id"])
            found += [(row["updated_at"], row["_id"]) for row in rows]
        assert found == order

    async def test_a_file_creates_updates_and_leaves_alone(self, store: Store) -> None:
        customers = store.customers
        drafts = [draft("1"), draft("2"), draft("3")]
        assert await customers.write_all(drafts, "imp_1", "contract", NOON) == Written(created=3)
        changed = [drafts[0], replace(drafts[1], name="Omar"), drafts[2], draft("4")]
        assert await customers.write_all(changed, "imp_2", "contract", LATER) == Written(
            created=1, updated=1, unchanged=2
        )
        rows = {row["external_id"]: row for row in await customers.page(None, 10)}
        assert {name: row["version"] for name, row in rows.items()} == dict(
            zip("1234", (1, 2, 1, 1), strict=True)
        )
        assert (rows["2"]["name"], rows["2"]["origin"], rows["2"]["created_at"]) == (
            "Omar",
            "imp_2",
            NOON,
        )
        assert (rows["1"]["origin"], rows["1"]["updated_at"]) == ("imp_1", NOON)
        assert await customers.write_all([], "imp_3", "contract", NOON) == Written()

    async def test_one_whose_fingerprint_was_made_otherwise_is_written_once_more(
        self, store: Store, matcher: Harness[Store], agency: TenantSaved
    ) -> None:
        customers = store.customers
        await customers.write_all([draft()], "imp_1", "contract", NOON)
        rows = matcher.mongo.scope(agency.tenant).collection("customers")
        await rows.update({}, {"$set": {"fingerprint": "0" * 32}})
        for written in (Written(updated=1), Written(unchanged=1)):
            assert await customers.write_all([draft()], "imp_2", "contract", LATER) == written

    async def test_what_tells_a_changed_row_is_keyed(self, matcher: Harness[Store]) -> None:
        rows = [
            await matcher.store(await matcher.open()).customers.save(draft(), "x", "contract", NOON)
            for _ in range(2)
        ]
        assert len({row["fingerprint"] for row in rows}) == 2

    async def test_a_customer_named_twice_is_written_as_named_last(self, store: Store) -> None:
        drafts = [draft("1"), draft("2"), draft("1", name="Omar")]
        written = await store.customers.write_all(drafts, "imp_1", "contract", NOON)
        assert written == Written(created=2, repeated=1)
        row = await store.customers.get(store.customers.id_of(draft("1")))
        assert row is not None
        assert (row["name"], row["version"]) == ("Omar", 1)

    async def test_a_row_that_came_in_between_is_updated(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await store.customers.save(draft(name="Before"), "api", "contract", NOON)

        async def none_yet(*_: object) -> dict[str, object]:
            return {}

        monkeypatch.setattr(Customers, "_there", none_yet)
        both = [draft(name="After"), draft("P-2")]
        written = await store.customers.write_all(both, "imp_1", "contract", LATER)
        assert written == Written(created=1, updated=1)
        row = await store.customers.get(store.customers.id_of(draft()))
        assert row is not None
        assert (row["name"], row["version"]) == ("After", 2)

    async def test_another_lawful_basis_is_a_change(self, store: Store) -> None:
        await store.customers.write_all([draft()], "imp_1", "contract", NOON)
        written = await store.customers.write_all([draft()], "imp_2", "consent", LATER)
        assert written == Written(updated=1)
        (row,) = await store.customers.page(None, 10)
        assert (row["lawful_basis"], row["origin"], row["version"]) == ("consent", "imp_2", 2)

    async def test_rows_written_by_hand_and_by_file_are_the_same(self, store: Store) -> None:
        await store.customers.save(draft("1"), "x", "contract", NOON)
        await store.customers.write_all([draft("2")], "x", "contract", NOON)
        one, two = await store.customers.page(None, 10)
        own = {"_id", "external_id", "fingerprint"}
        assert {k: v for k, v in one.items() if k not in own} == {
            k: v for k, v in two.items() if k not in own
        }

    async def test_the_same_number_in_two_agencies(self, matcher: Harness[Store]) -> None:
        here, there = [matcher.store(await matcher.open()) for _ in range(2)]
        one = await here.customers.save(draft(name="Here"), "api", "contract", NOON)
        two = await there.customers.save(draft(name="There"), "api", "contract", NOON)
        assert one["_id"] != two["_id"]
        assert not set(one["codes"]) & set(two["codes"])
        assert [known.name for known in await here.customers.known(NUMBER, "US")] == ["Here"]
        assert await there.customers.get(one["_id"]) is None
        assert not await there.customers.remove(one["_id"])

    async def test_imports(self, store: Store) -> None:
        await store.imports.put(an_import())
        finished = an_import(state="finished", encoding="utf-8", delimiter=",")
        await store.imports.put(finished)
        await store.imports.put(an_import("imp_2", started_at=LATER))
        assert await store.imports.get("imp_1") == finished
        assert await store.imports.get("imp_9") is None
        assert [row["_id"] for row in await store.imports.page(None, 10)] == ["imp_2", "imp_1"]
        assert [row["_id"] for row in await store.imports.page((LATER, "imp_2"), 10)] == ["imp_1"]

    async def test_faults_come_in_order_and_page_by_page(self, store: Store) -> None:
        faults = [Fault(line, "phone", f"{line}\u0661", "not_valid", "Why.") for line in (2, 3, 10)]
        faults.insert(1, Fault(2, None, "", "no_key", "Why."))
        await store.imports.add_faults("imp_1", nobodys(faults[:3]), NOON)
        await store.imports.add_faults("imp_1", nobodys(faults[3:]), NOON)
        await store.imports.add_faults("imp_2", nobodys(faults), NOON)
        found = await store.imports.faults("imp_1", None, 10)
        assert [fault for _, fault in found] == faults
        assert [f for _, f in await store.imports.faults("imp_1", None, 2)] == faults[:2]
        assert [f for _, f in await store.imports.faults("imp_1", found[1][0], 10)] == faults[2:]
        assert await store.imports.faults("imp_1", found[-1][0], 10) == []
        assert await store.imports.faults("imp_9", None, 10) == []

    async def test_values_of_faults_are_sealed_for_their_agency(
        self, matcher: Harness[Store], agency: TenantSaved, store: Store
    ) -> None:
        fault = Fault(2, "phone", "5550143", "not_possible", "Why.")
        await store.imports.add_faults("imp_1", nobodys([fault]), NOON)
        (row,) = await matcher.mongo.scope(agency.tenant).collection("faults").list({})
        assert b"5550143" not in bytes(row["sealed"])
        assert "5550143" not in str({**row, "sealed": None})
        other = await matcher.open()
        await matcher.mongo.scope(other.tenant).collection("faults").insert(row)
        with pytest.raises(SealBroken):
            await matcher.store(other).imports.faults("imp_1", None, 10)

    async def test_what_is_written_in_a_unit_that_fails_is_gone(
        self, matcher: Harness[Store], agency: TenantSaved, store: Store
    ) -> None:
        async def body(own: Store, _: object) -> None:
            await own.customers.save(draft(), "api", "contract", NOON)
            await own.imports.put(an_import())
            raise KeyError

        with pytest.raises(KeyError):
            await matcher.units.write(agency, body)
        assert await store.customers.page(None, 10) == []
        assert await store.imports.page(None, 10) == []


class TestMemory(Contract):
    pass


class TestMongo(Contract):
    @pytest.fixture
    async def matcher(self, tmp_path: Path, mongo_url: str) -> AsyncIterator[Harness[Store]]:
        made = await harness(build, Settings, tmp_path, mongo_url)
        yield made
        await made.close()

    async def test_two_files_at_once_create_nobody_twice(self, store: Store) -> None:
        drafts = [draft(f"P-{i}") for i in range(300)]
        writes = [store.customers.write_all(drafts, f"imp_{i}", "contract", NOON) for i in range(4)]
        written = await asyncio.gather(*writes)
        assert sum(one.created for one in written) == 300
        assert sum(one.created + one.updated + one.unchanged for one in written) == 4 * 300
        assert len(await store.customers.page(None, 1000)) == 300

    async def test_edits_of_one_customer_side_by_side_all_count(
        self, matcher: Harness[Store], agency: TenantSaved
    ) -> None:
        async def body(own: Store, _: object) -> None:
            await own.customers.save(draft(), "api", "contract", NOON)

        await asyncio.gather(*(matcher.units.write(agency, body) for _ in range(5)))
        (row,) = await matcher.store(agency).customers.page(None, 10)
        assert row["version"] == 5

    async def test_the_server_refuses_what_is_not_declared(
        self, matcher: Harness[Store], agency: TenantSaved, store: Store
    ) -> None:
        row = await store.customers.save(draft(), "api", "contract", NOON)
        rows = matcher.mongo.scope(agency.tenant).collection("customers")
        with pytest.raises(Exception, match="Document failed validation"):
            await rows.put({**row, "phone": NUMBER})

    async def test_each_declared_index_is_there(
        self, matcher: Harness[Store], agency: TenantSaved
    ) -> None:
        for entity in ENTITIES:
            collection = matcher.mongo.scope(agency.tenant).collection(entity.name)
            made = await collection._collection.index_information()
            keys = {tuple(index["key"]) for index in made.values()}
            assert {index.keys for index in entity.indexes} <= keys
            for index in entity.indexes:
                if index.ttl:
                    assert index.ttl in {one.get("expireAfterSeconds") for one in made.values()}
