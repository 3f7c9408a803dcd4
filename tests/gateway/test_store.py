"""One test for both stores: the real one, and the one in memory that other tests use."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from libs.common.events import Assignment, Envelope, TenantSaved
from libs.common.keys import PLATFORM, Keys, SealBroken, create_tenant_keys
from libs.common.mongo import Mongo, Outbox, Units, Work
from services.gateway.domain.account import Account, EmailTaken
from services.gateway.domain.hooks.delivery import Delivery, Outcome, owed
from services.gateway.domain.hooks.endpoint import Endpoint, Secret
from services.gateway.domain.hooks.telling import Thin
from services.gateway.domain.invitation import Invitation
from services.gateway.domain.key import Key, KeyScope
from services.gateway.domain.repeating import Answer, Claim, Known
from services.gateway.domain.reset import Reset
from services.gateway.domain.roles import Role
from services.gateway.domain.session import Session
from services.gateway.domain.tenant import TenantExists
from services.gateway.domain.usage import DayOfUse, Use
from services.gateway.store import PER_TENANT, SHARED, Store
from tests.gateway.memory import MemoryUnits

AT = datetime(2026, 5, 19, 12, tzinfo=UTC)
ONE, TWO = "tenant0001", "tenant0002"
NUMBER = "+12025550100"

Making = Callable[[], Awaitable[Any]]


def tenant(name: str, version: int = 1, *numbers: Assignment) -> TenantSaved:
    return TenantSaved(
        tenant=name, version=version, name="Agency", profile="intnet-iq", region="US",
        language="en", timezone="America/New_York", numbers=numbers,
    )  # fmt: skip


def account(name: str, of: str = ONE, email: str = "") -> Account:
    address = email or f"{name}@example.com"
    return Account(name, of, address, "Amal", Role.ADMIN, "$argon2id$x", AT)


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.integration)])
async def units(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    for name in (ONE, TWO):
        create_tenant_keys(tmp_path / "keys.json", name)
    keys = Keys(tmp_path / "keys.json")
    if request.param == "memory":
        yield MemoryUnits(keys)
        return
    url = request.getfixturevalue("mongo_url")
    service = f"gateway{uuid4().hex[:8]}"
    mongo = Mongo(url, service, PER_TENANT, SHARED)
    await mongo.start()
    for name in (ONE, TWO):
        await mongo.open_tenant(name)
    places = {TenantSaved.TYPE: TenantSaved.TOPIC}
    outbox = Outbox(mongo, partial(_published, []), places)
    yield Units(service, mongo, lambda scope: Store(scope, keys), outbox)
    mongo.close()


async def _published(seen: list[Envelope], envelopes: Any) -> None:
    seen += envelopes


async def test_accounts_are_found_by_address_and_id(units: Any) -> None:
    store = units.read(PLATFORM)
    amal = account("usr_1")
    await store.accounts.add(amal)
    assert await store.accounts.by_email("usr_1@example.com") == amal
    assert await store.accounts.get("usr_1") == amal
    assert await store.accounts.by_email("nobody@example.com") is None
    assert await store.accounts.get("usr_2") is None
    await store.accounts.set_password("usr_1", "$argon2id$y")
    changed = await store.accounts.get("usr_1")
    assert changed.password == "$argon2id$y"


async def test_an_address_is_one_accounts_in_all_tenants(units: Any) -> None:
    store = units.read(PLATFORM)
    await store.accounts.add(account("usr_1"))
    with pytest.raises(EmailTaken):
        await store.accounts.add(account("usr_2", TWO, "usr_1@example.com"))


async def test_users_are_the_scopes_own(units: Any) -> None:
    store = units.read(PLATFORM)
    mine, theirs = account("usr_1", ONE), account("usr_2", TWO)
    await store.accounts.add(theirs)
    await store.accounts.add(mine)
    users = units.read(ONE).users
    assert await users.all() == [mine]
    assert await users.get("usr_1") == mine
    assert await users.get("usr_2") is None
    await users.save(Account(**{**vars(theirs), "disabled": True}))
    assert await store.accounts.get("usr_2") == theirs
    disabled = Account(**{**vars(mine), "disabled": True, "role": Role.AGENT})
    await users.save(disabled)
    assert await store.accounts.get("usr_1") == disabled


async def test_sessions_begin_go_on_and_end(units: Any) -> None:
    sessions = units.read(PLATFORM).sessions
    first = Session("a" * 64, "usr_1", ONE, AT, AT)
    second = Session("b" * 64, "usr_1", ONE, AT, AT)
    third = Session("c" * 64, "usr_2", TWO, AT, AT)
    for session in (first, second, third):
        await sessions.add(session)
    assert await sessions.get(first.id) == first
    later = AT + timedelta(minutes=3)
    await sessions.note(first, later)
    assert await sessions.get(first.id) == first.seen(later)
    await sessions.end(first.id)
    await sessions.note(first, later)
    assert await sessions.get(first.id) is None
    assert await sessions.end_all("usr_1") == 1
    assert await sessions.get(second.id) is None
    assert await sessions.get(third.id) == third


async def test_sessions_are_found_by_name_with_and_without_one_of_their_own(units: Any) -> None:
    sessions = units.read(PLATFORM).sessions
    old = Session("a" * 64, "usr_1", ONE, AT, AT)
    later = AT + timedelta(minutes=1)
    new = Session("b" * 64, "usr_1", ONE, later, later, "ses_1", "phone")
    foreign = Session("c" * 64, "usr_2", TWO, AT, AT)
    for session in (old, new, foreign):
        await sessions.add(session)
    assert await sessions.of("usr_1") == [new, old]
    assert {session.id for session in await sessions.within(ONE)} == {new.id, old.id}
    assert await sessions.within("tenant0009") == []
    assert await sessions.find(ONE, "ses_1") == new
    assert await sessions.find(ONE, old.name) == old
    assert await sessions.find(TWO, "ses_1") is None
    assert await sessions.find(ONE, foreign.name) is None
    assert await sessions.end_all("usr_1", but=new.id) == 1
    assert await sessions.of("usr_1") == [new]


async def test_a_password_that_was_replaced_meanwhile_stays(units: Any) -> None:
    accounts = units.read(PLATFORM).accounts
    await accounts.add(account("usr_1"))
    assert await accounts.set_password("usr_1", "$argon2id$y", former="$argon2id$x")
    assert not await accounts.set_password("usr_1", "$argon2id$z", former="$argon2id$x")
    assert not await accounts.set_password("usr_2", "$argon2id$z")
    assert (await accounts.get("usr_1")).password == "$argon2id$y"


async def test_an_invitation_is_good_once_and_the_last_one_counts(units: Any) -> None:
    invitations = units.read(PLATFORM).invitations
    first = Invitation("a" * 64, ONE, "amal@example.com", Role.ADMIN, AT)
    second = Invitation("b" * 64, ONE, "amal@example.com", Role.AGENT, AT)
    other = Invitation("c" * 64, TWO, "amal@example.com", Role.AGENT, AT)
    for invitation in (other, first, second):
        await invitations.put(invitation)
    assert await invitations.get(first.id) is None
    assert await invitations.get(second.id) == second
    assert await invitations.use_up(second.id) is True
    assert await invitations.use_up(second.id) is False
    assert await invitations.get(other.id) == other


def key(name: str, of: str = ONE, at: datetime = AT, **values: Any) -> Key:
    scopes = frozenset({KeyScope.CALLS_READ, KeyScope.LIVE_READ})
    return Key(name, of, "Policy system", scopes, "a" * 64, at, "usr_1", **values)


async def test_any_key_is_found_and_its_use_written_down(units: Any) -> None:
    keys, whole = units.read(PLATFORM).keys, key("key_1", expires_at=AT + timedelta(days=1))
    await units.read(ONE).agency_keys.add(whole)
    assert await keys.get("key_1") == whole
    assert await keys.get("key_2") is None
    await keys.note("key_1", AT)
    await keys.note("key_2", AT)
    assert await keys.get("key_1") == replace(whole, used_at=AT)
    assert await keys.get("key_2") is None


async def test_keys_are_the_scopes_own_and_end_once(units: Any) -> None:
    mine, theirs = units.read(ONE).agency_keys, units.read(TWO).agency_keys
    later = AT + timedelta(minutes=1)
    first, second = key("key_1"), key("key_2", at=later, expires_at=later)
    await mine.add(first)
    await mine.add(second)
    await theirs.add(key("key_3", TWO))
    assert await mine.all() == [second, first]
    assert {k.id for k in await mine.good(AT)} == {"key_1", "key_2"}
    assert await mine.good(later) == [first]
    assert await mine.get("key_1") == first
    assert await theirs.get("key_1") is None
    assert await theirs.revoke("key_1", later) is False
    assert await mine.revoke("key_1", later) is True
    assert await mine.revoke("key_1", AT) is False
    assert await mine.get("key_1") == replace(first, revoked_at=later)
    assert await mine.good(later) == []
    assert [k.id for k in await theirs.good(later)] == ["key_3"]


async def test_tenants_are_kept_whole(units: Any) -> None:
    tenants = units.read(PLATFORM).tenants
    held = Assignment(value=NUMBER, valid_from=AT)
    await tenants.add(tenant(TWO))
    await tenants.add(tenant(ONE, 1, held))
    assert await tenants.all() == [tenant(ONE, 1, held), tenant(TWO)]
    with pytest.raises(TenantExists):
        await tenants.add(tenant(ONE))
    ended = held.model_copy(update={"valid_to": AT + timedelta(days=1)})
    await tenants.save(tenant(ONE, 2, ended))
    assert await tenants.get(ONE) == tenant(ONE, 2, ended)
    assert await tenants.get("tenant0003") is None
    assert await tenants.holding("numbers", NUMBER) == [tenant(ONE, 2, ended)]
    assert await tenants.holding("connections", NUMBER) == []
    assert await tenants.holding("messaging_profiles", NUMBER) == []


async def test_a_reset_is_good_once_and_the_last_one_counts(units: Any) -> None:
    resets = units.read(PLATFORM).resets
    first, second, other, later = (
        Reset(name * 64, ONE, account, AT)
        for name, account in (("a", "usr_1"), ("b", "usr_1"), ("c", "usr_2"), ("d", "usr_2"))
    )
    for reset in (other, first, second):
        await resets.put(reset)
    assert await resets.get(first.id) is None
    assert await resets.get(second.id) == second
    assert await resets.use_up(second.id) is True
    assert await resets.use_up(second.id) is False
    assert await resets.get(other.id) == other
    await resets.put(later)
    await resets.void("usr_1")
    assert await resets.get(later.id) == later
    await resets.void("usr_2")
    assert await resets.get(later.id) is None


async def test_what_somebody_gave_out_is_void_without_them(units: Any) -> None:
    store, by = units.read(PLATFORM), "user:usr_1"
    theirs = Invitation("a" * 64, ONE, "amal@example.com", Role.ADMIN, AT, by)
    others = Invitation("b" * 64, ONE, "badr@example.com", Role.AGENT, AT, "user:usr_2")
    link, other = Reset("c" * 64, ONE, "usr_3", AT, by), Reset("d" * 64, ONE, "usr_4", AT)
    for invitation in (theirs, others):
        await store.invitations.put(invitation)
    for reset in (link, other):
        await store.resets.put(reset)
    await store.invitations.void_of(TWO, by)
    await store.resets.void_of(TWO, by)
    assert await store.invitations.get(theirs.id) == theirs
    assert await store.resets.get(link.id) == link
    await store.invitations.void_of(ONE, by)
    await store.resets.void_of(ONE, by)
    assert await store.invitations.get(theirs.id) is None
    assert await store.resets.get(link.id) is None
    assert await store.invitations.get(others.id) == others
    assert await store.resets.get(other.id) == other


async def test_usage_is_counted_by_the_tenants_own_days(units: Any) -> None:
    midnight = datetime(2026, 5, 20, 4, tzinfo=UTC)  # in New York

    def use(of: str, at: datetime, operation: str, units: int = 1) -> Use:
        return Use(of, "usr_1", operation, 200, 12, at, units)

    before, after = midnight - timedelta(seconds=1), midnight
    mine = [use(ONE, before, "GET /a"), use(ONE, after, "GET /a", 3), use(ONE, after, "GET /b")]
    await units.read(ONE).usage.add([*mine, use(ONE, after, "GET /a")])
    await units.read(TWO).usage.add([use(TWO, after, "GET /a")])
    zone = ZoneInfo("America/New_York")
    log = units.read(ONE).usage
    assert await log.by_day(midnight - timedelta(days=1), midnight + timedelta(days=1), zone) == [
        DayOfUse(date(2026, 5, 19), "GET /a", 1, 1),
        DayOfUse(date(2026, 5, 20), "GET /a", 2, 4),
        DayOfUse(date(2026, 5, 20), "GET /b", 1, 1),
    ]
    assert await log.by_day(midnight - timedelta(days=1), midnight, zone) == [
        DayOfUse(date(2026, 5, 19), "GET /a", 1, 1)
    ]
    await log.add([])


def told(call: str, subject: str | None = None) -> Thin:
    return Thin("call.started", AT, {"call_id": call}, subject, call)


def owing(event: str, webhook: str = "whk_1", call: str = "ses_1", **values: Any) -> Delivery:
    return replace(owed(told(call), event, webhook, AT), **values)


def hook(name: str, **values: Any) -> Endpoint:
    return Endpoint(
        **{
            "id": name, "url": "https://hooks.example.com/", "events": ("call.started",),
            "secrets": (), "created_at": AT, **values,
        }
    )  # fmt: skip


async def test_endpoints_are_the_scopes_own_and_their_secrets_sealed(units: Any) -> None:
    endpoints = units.read(ONE).hooks.endpoints
    first = hook("whk_1", secrets=(Secret(endpoints.seal("whsec_a"), AT),))
    await endpoints.put(hook("whk_2", created_at=AT + timedelta(seconds=1)))
    await endpoints.put(first)
    assert [one.id for one in await endpoints.all()] == ["whk_1", "whk_2"]
    assert await endpoints.get("whk_1") == first
    assert endpoints.open(first.secrets[0]) == "whsec_a"
    assert b"whsec_a" not in first.secrets[0].sealed
    failing = replace(first, disabled="failing", disabled_at=AT, failing_since=AT)
    await endpoints.put(failing)
    assert await endpoints.get("whk_1") == failing
    theirs = units.read(TWO).hooks.endpoints
    assert await theirs.get("whk_1") is None
    assert await theirs.remove("whk_1") is False
    with pytest.raises(SealBroken):
        theirs.open(first.secrets[0])


async def test_what_is_owed_is_owed_once_and_due_until_it_is_done(units: Any) -> None:
    hooks, all_due = units.read(ONE).hooks, units.read(PLATFORM).hooks.due
    one, two = owing("evt_1"), owing("evt_2", next_at=AT + timedelta(hours=1))
    await hooks.owe([one, two])
    await hooks.owe([one, owing("evt_3", "whk_2")])
    await units.read(TWO).hooks.owe([owing("evt_1", "whk_9")])
    found = await all_due.waiting(AT, 10, (), ())
    assert {(due.tenant, due.webhook) for due in found} == {
        (ONE, "whk_1"), (ONE, "whk_2"), (TWO, "whk_9"),
    }  # fmt: skip
    assert len(await all_due.waiting(AT, 2, (), ())) == 2
    assert {due.webhook for due in await all_due.waiting(AT, 10, ["whk_1"], [TWO])} == {"whk_2"}
    await hooks.put(one.after(Outcome(200), AT, 0))
    await hooks.put(one.after(Outcome(200), AT, 0))
    assert {due.webhook for due in await all_due.waiting(AT, 10, (), ())} == {"whk_2", "whk_9"}
    kept = await hooks.deliveries.get(one.id)
    assert (kept.state, kept.status, kept.last_at, kept.next_at) == ("delivered", 200, AT, None)
    assert await hooks.deliveries.get(two.id) == two
    assert await units.read(TWO).hooks.deliveries.get(one.id) is None


async def test_a_delivery_is_claimed_by_one_of_two(units: Any) -> None:
    hooks = units.read(ONE).hooks
    await hooks.owe([owing("evt_1")])
    (due,) = await hooks.due.waiting(AT, 10, (), ())
    later = AT + timedelta(minutes=1)
    assert await hooks.due.claim(due, later) is True
    assert await hooks.due.claim(due, later) is False
    assert await hooks.due.waiting(AT, 10, (), ()) == []
    (again,) = await hooks.due.waiting(later, 10, (), ())
    assert (again.delivery, again.at) == (due.delivery, later)
    await hooks.due.forget(again)
    assert await hooks.due.waiting(later, 10, (), ()) == []


async def test_the_log_of_an_endpoint_comes_in_pages(units: Any) -> None:
    hooks = units.read(ONE).hooks
    rows = [owing(f"evt_{n}", created_at=AT + timedelta(seconds=n // 2)) for n in range(5)]
    await hooks.owe([*rows, owing("evt_9", "whk_2")])
    latest = sorted(rows, key=lambda one: (one.created_at, one.id), reverse=True)
    first = await hooks.deliveries.page("whk_1", None, 3)
    assert first == latest[:3]
    place = (first[-1].created_at, first[-1].id)
    assert await hooks.deliveries.page("whk_1", place, 3) == latest[3:]


async def test_who_is_erased_is_found_by_code_and_by_their_calls(units: Any) -> None:
    hooks = units.read(ONE).hooks
    assert await hooks.callers.admits("ses_1", "5ub", AT) is True
    assert await hooks.callers.admits("ses_1", None, AT) is True
    assert await hooks.callers.admits("ses_2", None, AT) is True
    other, by_code = owing("evt_2", call="ses_2"), owing("evt_3", call="", subject="5ub")
    await hooks.owe([owing("evt_1"), other, by_code])
    assert await hooks.erase("5ub", AT) == {"deliveries": 2, "callers": 1}
    assert await hooks.erase("5ub", AT) == {"deliveries": 0, "callers": 0}
    assert await hooks.callers.admits("ses_1", None, AT) is False
    assert await hooks.callers.admits("ses_1", "5ub", AT) is False
    assert await hooks.callers.admits("ses_2", None, AT) is True
    assert [due.delivery for due in await hooks.due.waiting(AT, 9, (), ())] == [other.id]


async def test_an_endpoint_and_a_customer_go_with_what_is_owed_of_them(units: Any) -> None:
    hooks = units.read(ONE).hooks
    await hooks.endpoints.put(hook("whk_1"))
    named = owing("evt_1", "whk_2", about=("call:ses_1", "customer:cus_1"))
    other = owing("evt_2", "whk_2", about=("customer:cus_2",))
    await hooks.owe([owing("evt_1"), named, other])
    assert await hooks.remove("whk_1") is True
    assert await hooks.remove("whk_1") is False
    await hooks.forget_customer("cus_1")
    assert await hooks.deliveries.page("whk_1", None, 9) == []
    assert await hooks.deliveries.page("whk_2", None, 9) == [other]
    assert [due.delivery for due in await hooks.due.waiting(AT, 9, (), ())] == [other.id]


def claim(name: str = "a", at: datetime = AT, **values: Any) -> Claim:
    told = {"fence": uuid4().hex, "fingerprint": "print", "until": at + timedelta(minutes=1)}
    return Claim(**{"id": name, "at": at, **told, **values})


async def test_of_many_that_claim_a_key_one_has_it(units: Any) -> None:
    answers, claims = units.read(ONE).answers, [claim() for _ in range(8)]
    met = await asyncio.gather(*(answers.claim(one) for one in claims))
    (winner,) = (one for one, known in zip(claims, met, strict=True) if known is None)
    assert [known for known in met if known] == [Known(winner, "in_hand")] * 7
    later = [claim() for _ in range(8)]
    took = await asyncio.gather(*(answers.take_over(winner, one) for one in later))
    assert sum(took) == 1
    await answers.keep(winner, Answer(201, {}, b"late"))
    await answers.release(winner)
    known = await answers.known("a")
    assert known
    assert known.state == "in_hand"
    assert known.claim == later[took.index(True)]
    assert await units.read(TWO).answers.claim(claim()) is None


async def test_an_answer_is_kept_sealed_and_given_out_until_it_is_not(units: Any) -> None:
    answers, asked = units.read(ONE).answers, claim(fingerprint=None)
    said = Answer(201, {"location": "/v1/keys/1"}, b"ink_live\nsecret")
    assert await answers.claim(asked) is None
    await answers.withhold(AT - timedelta(seconds=1))
    told = replace(asked, fingerprint="print")
    await answers.keep(told, said)
    known = await answers.known("a")
    before = AT - timedelta(seconds=1)
    assert known == Known(told, "kept", said, before)
    assert known.reply("print", False, AT) == "replay"
    await answers.withhold(AT)
    withheld = await answers.known("a")
    assert withheld.reply("print", False, AT) == "gone"
    assert await units.read(TWO).answers.known("a") is None
    assert await answers.erase(AT - timedelta(minutes=1)) == 0
    assert await answers.erase(AT) == 1
    assert await answers.erase(AT) == 0
    assert await answers.known("a") == Known(told, "gone")
    assert answers.code("x") != units.read(TWO).answers.code("x")


async def test_what_is_in_doubt_or_free_is_known_as_such(units: Any) -> None:
    answers, first, second = units.read(ONE).answers, claim("a"), claim("b")
    assert await answers.any() is False
    await answers.withhold(AT)
    for one in (first, second):
        assert await answers.claim(one) is None
    assert await answers.any() is True
    await answers.doubt(first)
    await answers.release(second)
    assert await answers.known("a") == Known(first, "unknown")
    assert await answers.known("b") is None
    assert await answers.any() is False


async def test_a_write_happens_wholly_or_not_at_all(units: Any) -> None:
    async def joins(store: Store, work: Work) -> str:
        await store.turns.take("users")
        await store.invitations.use_up("a" * 64)
        await store.accounts.add(account("usr_2", ONE, "usr_1@example.com"))
        return "joined"

    store = units.read(PLATFORM)
    await store.accounts.add(account("usr_1"))
    await store.invitations.put(Invitation("a" * 64, ONE, "x@example.com", Role.AGENT, AT))
    with pytest.raises(EmailTaken):
        await units.write(tenant(ONE), joins)
    assert await store.invitations.get("a" * 64) is not None

    async def takes(store: Store, work: Work) -> str:
        await store.turns.take("users")
        await store.invitations.use_up("a" * 64)
        work.emit(tenant(TWO), tenant=TWO)
        return "taken"

    assert await units.write(tenant(ONE), takes) == "taken"
    assert await store.invitations.get("a" * 64) is None
