"""Customers: found by the codes of their numbers, written whole, version by version."""

from base64 import b64decode
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from libs.common.events import CorrectionOrdered, CustomerRemoved, CustomerSaved
from libs.common.events.personal import RECOGNISE, SHOW, SUBJECT, Personal
from libs.common.events.privacy import CHANGE_FIELD
from libs.common.keys import Keys
from libs.common.mongo import (
    Document,
    Documents,
    Entity,
    Index,
    Kept,
    TenantScope,
    Work,
    before,
)
from services.matcher.domain.drafts import Draft, Phone, fingerprint
from services.matcher.domain.keys import Lookups, closeness, lookups
from services.matcher.domain.known import Known
from services.matcher.domain.tally import Written

MOST_SHARING = 200
_LATEST = [("updated_at", -1), ("_id", -1)]


async def _leave(scope: TenantScope, rows: Documents, work: Work) -> dict[str, int]:
    """Tells who shows them; what was wrong in their lines goes too."""
    for row in rows:
        work.emit(CustomerRemoved(customer_id=row["_id"], removed_at=work.now))
    faults = scope.collection("faults")
    return {"faults": await faults.remove({"customer": {"$in": [row["_id"] for row in rows]}})}


CUSTOMERS = Entity(
    "customers",
    {
        "external_id": ("string", "null"),
        "name": ("string", "null"),
        "email": ("string", "null"),
        "numbers": ("array",),
        "codes": ("array",),
        "subject": ("string", "null"),
        "status": ("string", "null"),
        "renewal_on": ("string", "null"),
        "customer_since": ("string", "null"),
        "language": ("string", "null"),
        "fingerprint": ("string",),
        "version": ("int", "long"),
        "origin": ("string",),
        "lawful_basis": ("string",),
        "last_contact": ("date", "null"),
        "renewed_at": ("date",),
        "renewed_basis": ("string",),
        "created_at": ("date",),
        "updated_at": ("date",),
    },
    ("numbers", "codes", "fingerprint", "version", "origin", "lawful_basis", "updated_at"),
    (Index((("codes", 1),)), Index((("updated_at", -1), ("_id", -1)))),
    person="codes",
    kept=(Kept("customers", "updated_at", leaving=_leave),),
    personal={
        "_id": Personal("identity", RECOGNISE, "coded"),
        "external_id": Personal("identity", RECOGNISE),
        "name": Personal("identity", RECOGNISE),
        "email": Personal("contact", RECOGNISE),
        "numbers": Personal("contact", RECOGNISE),
        "codes": SUBJECT,
        "subject": SUBJECT,
        "status": Personal("contract", SHOW),
        "renewal_on": Personal("contract", SHOW),
        "customer_since": Personal("contract", SHOW),
        "language": Personal("identity", SHOW),
        "fingerprint": Personal("identity", RECOGNISE, "coded"),
    },
    plain=("renewed_basis", "origin", "lawful_basis"),
)


class Customers:
    """One tenant's customers. `_id` is the keyed code of what tells one from another."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("customers")

    def id_of(self, draft: Draft) -> str:
        """The id a draft has, the same in every file."""
        return f"cus_{self._code(f'customer:{draft.key}')}"

    async def known(self, e164: str, region: str) -> list[Known]:
        """The customers with this number, or with one that may be it in another spelling."""
        asked = lookups(e164, region=region).coded(self._code)
        rows = await self._rows.list({"codes": {"$in": list(asked.all())}}, limit=MOST_SHARING)
        return [known for row in rows for known in _closest(row, asked, region)]

    async def contacted(self, customer_id: str, at: datetime) -> None:
        """Notes a contact; an earlier one does not undo a later one."""
        await self._rows.update({"_id": customer_id}, {"$max": {"last_contact": at}})

    async def get(self, customer_id: str) -> Document | None:
        """One customer as stored."""
        return await self._rows.get({"_id": customer_id})

    async def page(self, after: tuple[datetime, str] | None, limit: int) -> Documents:
        """The last written first, from a place on."""
        return await self._rows.list(before("updated_at", after), sort=_LATEST, limit=limit)

    async def with_number(self, e164: str, limit: int) -> Documents:
        """Those with exactly this number, the last written first."""
        return await self._rows.list({"codes": self._code(e164)}, sort=_LATEST, limit=limit)

    async def save(self, draft: Draft, origin: str, basis: str, at: datetime) -> Document:
        """Writes one customer and returns it as it is now."""
        row = await self._rows.change(
            {"_id": self.id_of(draft)}, self._update(draft, origin, basis, at), upsert=True
        )
        assert row is not None  # noqa: S101 - an upsert returns what it wrote
        return row

    async def replace(
        self, customer_id: str, draft: Draft, basis: str, at: datetime
    ) -> Document | None:
        """Writes a customer who is there, under the id they have."""
        return await self._rows.change({"_id": customer_id}, self._update(draft, "api", basis, at))

    async def renewed(self, ids: Iterable[str]) -> set[str]:
        """Those of these customers who are kept on a basis of after their erasure."""
        query = {"_id": {"$in": list(ids)}, "renewed_at": {"$exists": True}}
        return {row["_id"] for row in await self._rows.list(query, fields={"_id": 1})}

    async def renew(self, ids: Iterable[str], basis: str, at: datetime) -> None:
        """Notes that these were erased, and why they may be kept again."""
        told = {"$set": {"renewed_at": at, "renewed_basis": basis}}
        await self._rows.change_all([({"_id": key}, told) for key in ids])

    def change_of(self, order: CorrectionOrdered) -> bytes:
        """The corrected fields, as JSON. Raises SealBroken, ValueError."""
        return self._keys.unseal(self._tenant, CHANGE_FIELD, b64decode(order.sealed))

    async def remove(self, customer_id: str) -> bool:
        """Deletes one customer; says whether there was one."""
        return await self._rows.remove({"_id": customer_id}) > 0

    async def write_all(
        self, drafts: Sequence[Draft], origin: str, basis: str, at: datetime
    ) -> Written:
        """Writes many: new ones are inserted, changed ones updated, equal ones left alone.

        Another lawful basis is a change too.
        """
        last = {self.id_of(draft): draft for draft in drafts}
        there = await self._there(last)
        new = {key: draft for key, draft in last.items() if key not in there}
        met = await self._rows.insert_new(
            [self._fresh(key, draft, origin, basis, at) for key, draft in new.items()]
        )
        changed = {
            key: draft
            for key, draft in last.items()
            if key in met
            or (key in there and there[key] != (fingerprint(draft, self._code), basis))
        }
        await self._rows.change_all(
            [({"_id": k}, self._update(draft, origin, basis, at)) for k, draft in changed.items()]
        )
        created = len(new) - len(met)
        return Written(
            created=created,
            updated=len(changed),
            unchanged=len(last) - created - len(changed),
            repeated=len(drafts) - len(last),
        )

    async def _there(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        told = {"fingerprint": 1, "lawful_basis": 1}
        rows = await self._rows.list({"_id": {"$in": list(ids)}}, fields=told)
        return {row["_id"]: (row["fingerprint"], row["lawful_basis"]) for row in rows}

    def _fresh(self, key: str, draft: Draft, origin: str, basis: str, at: datetime) -> Document:
        update = self._update(draft, origin, basis, at)
        return {"_id": key, "version": 1, **update["$setOnInsert"], **update["$set"]}

    def _update(self, draft: Draft, origin: str, basis: str, at: datetime) -> Document:
        numbers = [self._number(phone) for phone in draft.numbers]
        return {
            "$set": {
                "external_id": draft.external_id,
                "name": draft.name,
                "email": draft.email,
                "numbers": numbers,
                "codes": sorted({code for n in numbers for code in _codes(n).all()}),
                "subject": numbers[0]["codes"]["exact"] if numbers else None,
                "status": draft.status,
                "renewal_on": draft.renewal_on and draft.renewal_on.isoformat(),
                "customer_since": draft.customer_since and draft.customer_since.isoformat(),
                "language": draft.language,
                "fingerprint": fingerprint(draft, self._code),
                "origin": origin,
                "lawful_basis": basis,
                "updated_at": at,
            },
            "$setOnInsert": {"created_at": at, "last_contact": None},
            "$inc": {"version": 1},
        }

    def _number(self, phone: Phone) -> Document:
        coded = lookups(phone.e164, extension=phone.extension).coded(self._code)
        told = {name: getattr(phone, name) for name in phone.__slots__}
        return {**told, "codes": {name: getattr(coded, name) for name in coded.__slots__}}

    def _code(self, text: str) -> str:
        return self._keys.code(self._tenant, text)


def saved(row: Document) -> CustomerSaved:
    """What is told of a record that was written."""
    subjects = tuple(sorted({number["codes"]["exact"] for number in row["numbers"]}))
    return CustomerSaved(customer_id=row["_id"], version=row["version"], subjects=subjects)


def _codes(number: Document) -> Lookups:
    return Lookups(**number["codes"])


def _closest(row: Document, asked: Lookups, region: str) -> Iterable[Known]:
    for number in row["numbers"]:
        how = closeness(asked, _codes(number))
        if how:
            yield Known(
                customer_id=row["_id"],
                subject=number["codes"]["exact"],
                name=row["name"],
                status=row["status"],
                renewal_on=_day(row["renewal_on"]),
                customer_since=_day(row["customer_since"]),
                primary=number["primary"],
                last_contact=row["last_contact"],
                updated_at=row["updated_at"],
                how=how,
                agency_region=number["region"] == region,
            )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
