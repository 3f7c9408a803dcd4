"""What people ask of their data: the whole stack, on a clock and with stores of the tests."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import httpx
import pytest
import pytest_asyncio

from deploy.local.agency import Person
from tests.support import leaving
from tests.support.answering import STORES, Answering
from tests.support.canary import Canary
from tests.support.office import NEW_YORK, RIYADH, Office, allowed, note, refused
from tests.support.platform import SA, US, until

pytestmark = pytest.mark.timeout(300)

PATH = "/v1/privacy/requests"
ATTEST = {"how": "in_person", "reason": "Showed a passport."}
NOURA, DAN = "+966501234567", "+12125550123"
LEAVER = Canary(
    "+13035550224", "3035550224", "Peregrina Saltmarsh", ("umbrellacormorant", "lanternpelican")
)
RETURNER = Canary(
    "+13035550232", "3035550232", "Thistledown Ferryman", ("copperdotterel", "anvilsandpiper")
)
GONE = Canary("+13035550235", "3035550235", "Hesperina Duskwater")
SHARER, SHARED = "Quillon Harebell", "Brambleward Oakley"
LEFT = Canary("+13035550236", "3035550236", "Marrowbone Tindersley")


@pytest_asyncio.fixture
async def answering(office: Office) -> AsyncIterator[Answering]:
    """Stores that answer."""
    async with Answering.started(office.platform) as found:
        yield found


async def opened(
    person: Person, number: str, kind: str = "erasure", customers: Any = None, **more: Any
) -> dict[str, Any]:
    body = {"kind": kind, "number": number, "channel": "oral", "customers": customers}
    answer = await person.http.post(PATH, json=body, **more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(person: Person, request: dict[str, Any], verb: str, **body: Any) -> httpx.Response:
    return await person.http.post(f"{PATH}/{request['id']}:{verb}", json=body or None)


async def code_of(person: Person, request: dict[str, Any], answering: Answering) -> str:
    """Sends a code, and reads what was sent."""
    before = len(answering.words)
    assert (await ask(person, request, "send-code")).status_code == 202

    async def sent() -> bool:
        return any(word.request_id == request["id"] for *_, word in answering.words[before:])

    await until(sent)
    return answering.code(request["id"])


async def shown(person: Person, request: dict[str, Any], *wanted: str) -> dict[str, Any]:
    """The request once it is in one of these states."""

    async def there() -> dict[str, Any] | None:
        answer = await person.http.get(f"{PATH}/{request['id']}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found if not wanted or found["status"] in wanted else None

    found: dict[str, Any] = await until(there, 30)
    return found


async def erased(office: Office, person: Person, request: dict[str, Any]) -> dict[str, Any]:
    """The request when it is completed; time goes on meanwhile."""
    for _ in range(20):
        office.move(timedelta(seconds=4))
        await asyncio.sleep(1)
        if (await shown(person, request))["status"] == "completed":
            break
    return await shown(person, request, "completed")


async def test_whether_a_number_is_known_does_not_show(
    office: Office, answering: Answering
) -> None:
    admin = await office.person()
    known, unknown = "+12125550201", f"+1212555{str(uuid4().int)[:4]}"
    customer = {"name": "Known", "numbers": [{"number": known}], "lawful_basis": "contract"}
    assert (await admin.http.post("/v1/customers", json=customer)).status_code == 201
    await note(admin, known, "grant")
    told = []
    for number in (known, unknown):
        request = await opened(admin, number)
        sent = await ask(admin, request, "send-code")
        wrong = await ask(admin, request, "verify", code="000000")
        shape = sorted((name, type(value).__name__) for name, value in request.items())
        statuses = (request["status"], sent.status_code, wrong.status_code)
        told.append((shape, statuses, sorted(sent.json()), wrong.json()["code"]))
    assert told[0] == told[1]
    took: dict[str, list[float]] = {known: [], unknown: []}
    for _ in range(15):
        for number, times in took.items():
            began = monotonic()
            await opened(admin, number)
            times.append(monotonic() - began)
    one, other = (median(times) for times in took.values())
    assert abs(one - other) <= max(0.02, 0.5 * max(one, other)), (one, other)


async def test_the_rules_of_the_code(office: Office, answering: Answering) -> None:
    admin, number = await office.person(), "+12125550202"
    first, second = await opened(admin, number), await opened(admin, number)
    code = await code_of(admin, first, answering)
    other = await code_of(admin, second, answering)
    if code != other:
        assert (await ask(admin, second, "verify", code=code)).json()["code"] == "wrong_code"
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        assert (await ask(admin, first, "verify", code=wrong)).json()["code"] == "wrong_code"
    locked = await ask(admin, first, "verify", code=code)
    assert (locked.status_code, locked.json()["code"]) == (409, "code_locked")
    office.move(timedelta(seconds=601))
    late = await ask(admin, second, "verify", code=other)
    assert (late.status_code, late.json()["code"]) == (409, "code_expired")
    code = await code_of(admin, second, answering)
    assert (await ask(admin, second, "verify", code=code)).json()["status"] == "in_progress"


async def test_two_at_once_are_one_erasure_though_consent_is_killed(
    office: Office, answering: Answering
) -> None:
    admin, number, key = await office.person(), "+12125550203", {"Idempotency-Key": uuid4().hex}
    same = [await opened(admin, number, customers=["cus_1"], headers=key) for _ in range(2)]
    assert same[0]["id"] == same[1]["id"]
    other = await opened(admin, number, customers=["cus_1"])
    services = office.platform.services
    services.stop("matcher")
    answering.silent = {"matcher"}
    await asyncio.gather(*(ask(admin, one, "attest", **ATTEST) for one in (same[0], other)))
    waiting = await shown(admin, other, "in_progress")
    assert waiting["erasure"] == (await shown(admin, same[0]))["erasure"]
    services.processes["consent"].kill()
    services.start("consent")
    for _ in range(4):
        office.move(timedelta(seconds=9))
        await asyncio.sleep(1.5)
    waiting = await shown(admin, other)
    assert (waiting["status"], waiting["awaiting"]) == ("in_progress", ["matcher"])
    state = (await admin.http.post("/v1/consents:find", json={"number": number})).json()
    assert state["suppressed"]
    services.processes["consent"].kill()
    await answering.speak("matcher")
    services.start("consent", "matcher")
    done = [await erased(office, admin, one) for one in (same[0], other)]
    assert {one["number"] for one in done} == {None}
    proofs = [(await admin.http.get(f"{PATH}/{one['id']}/certificate")).json() for one in done]
    assert proofs[0] == proofs[1]
    told = proofs[0]["certificate"]
    assert told["requests"] == sorted([same[0]["id"], other["id"]])
    assert {one["store"] for one in told["stores"]} == set(STORES)
    assert all(one["rounds"] >= 2 for one in told["stores"])


async def test_of_two_agencies_one_forgets(office: Office, answering: Answering) -> None:
    mine, theirs = await office.person(US), await office.person(SA)
    number = "+12125550204"
    kept = (await note(theirs, number, "grant"))["state"]
    await note(mine, number, "grant")
    request = await opened(mine, number)
    code = await code_of(mine, request, answering)
    assert (await ask(mine, request, "verify", code=code)).status_code == 200
    done = await erased(office, mine, request)
    assert (await mine.http.get(f"{PATH}/{done['id']}/certificate")).status_code == 200
    for path in (f"{PATH}/{done['id']}", f"{PATH}/{done['id']}/certificate"):
        answers = [await theirs.http.get(one) for one in (path, path.replace("req_", "req_0"))]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    found = await theirs.http.post("/v1/consents:find", json={"number": number})
    assert found.json() == kept
    of_others = [tenant for tenant, order in answering.orders if order.subject == kept["subject"]]
    assert of_others == []


async def test_a_text_that_asks_for_it_opens_a_request(office: Office) -> None:
    number = "+12125550205"
    await office.text(US, number, "Delete my data!", times=2)
    admin = await office.person()

    async def there() -> Any:
        page = (await admin.http.get(PATH, params={"limit": 200, "open": True})).json()["data"]
        return [one for one in page if one["channel"] == "sms"]

    (request,) = await until(there, 20)
    assert (request["kind"], request["status"]) == ("erasure", "received")
    assert request["number"].endswith("05")


async def test_case_24_who_is_erased_is_nowhere_and_the_certificate_proves_it(
    office: Office, tmp_path: Path
) -> None:
    """Unreadable within ten seconds, and answered for by every store; the stores are the real ones.

    What is still on topics goes with them, which the certificate says.
    """
    admin = await office.person()
    session = await leaving.live(office, admin, LEAVER)
    doors = await leaving.readable(admin, LEAVER, session)
    assert doors == {"customers", "conversations", "calls"}
    before = leaving.in_stores(office.platform, LEAVER, "customers", "calls")
    assert before.keys() == {f"matcher.customers__{US}", f"insights.calls__{US}"}
    request, began = await opened(admin, LEAVER.number), monotonic()
    assert (await ask(admin, request, "attest", **ATTEST)).status_code == 200

    async def unreadable() -> bool:
        return not await leaving.readable(admin, LEAVER, session)

    await until(unreadable, 10)
    assert monotonic() - began <= 10
    await erased(office, admin, request)
    assert leaving.in_stores(office.platform, LEAVER) == {}
    assert leaving.in_logs(office.platform, LEAVER) == {}
    proof = (await admin.http.get(f"{PATH}/{request['id']}/certificate")).json()
    told = proof["certificate"]
    assert {one["store"] for one in told["stores"]} == set(STORES)
    counts = {one["store"]: one["deleted"] for one in told["stores"]}
    assert (counts["matcher"]["customers"], counts["insights"]["calls"]) == (1, 1)
    assert counts["messaging"]["messages"] >= 2
    assert [one["until"] for one in told["kept"] if one["what"] == "event_topics"]
    entry = await leaving.sealed(office, admin, told["erasure"])
    assert entry["facts"]["certificate"] == proof["sha256"] == leaving.digest(told)
    assert entry["action"] == told["trail"]["sha256_in"]
    trail = (await admin.http.get("/v1/audit", params={"limit": 200})).json()["data"]
    about = [one["action"] for one in trail if one["object"] in told["trail"]["objects"]]
    assert set(about) >= {
        *("privacy.request_received", "privacy.verified", "privacy.completed"),
        *("erasure.ordered", "erasure.answered", "erasure.completed"),
    }
    await leaving.verified_offline(admin, tmp_path)


async def test_who_shares_a_number_leaves_and_the_other_stays(office: Office) -> None:
    """One person has two numbers, another has the second of them too. The first is erased by the
    first number: the calls and texts of the second are the other's, and tell of that one alone."""
    admin = await office.person()
    shared, ids = "+13035550237", {}
    for who, numbers in ((GONE, [shared, GONE.number]), (LEFT, [LEFT.number, shared])):
        held = {"numbers": [{"number": number} for number in numbers], "status": "active"}
        body = {"name": who.name, "lawful_basis": "contract", **held}
        answer = await admin.http.post("/v1/customers", json=body)
        assert answer.status_code == 201, answer.text
        ids[who] = answer.json()["id"]
    session = await office.call(US, shared)
    await office.text(US, shared, "When is my appointment?")

    async def known() -> bool:
        return len(leaving.in_stores(office.platform, GONE, "calls", "conversations")) == 2

    await until(known, 20)
    card = await leaving.card_of(admin, session)
    assert GONE.name in str(card)
    request = await opened(admin, GONE.number)
    assert (await ask(admin, request, "attest", **ATTEST)).status_code == 200
    await erased(office, admin, request)
    await until(lambda: leaving.is_nowhere(office.platform, GONE), 20)
    call = (await admin.http.get(f"/v1/calls/{session}")).json()
    assert (call["party"], call["match"]["best"]["name"]) == (shared, LEFT.name)
    anew = await leaving.card_of(admin, session)
    assert anew["version"] > card["version"]
    talk = await admin.http.post("/v1/conversations:find", json={"number": shared})
    assert (talk.json()["number"], talk.json()["customer"]) == (shared, None)

    removed = await admin.http.delete(f"/v1/customers/{ids[LEFT]}")
    assert removed.status_code == 204
    await until(lambda: leaving.is_nowhere(office.platform, LEFT), 20)
    call = (await admin.http.get(f"/v1/calls/{session}")).json()
    assert (call["party"], call["match"]["outcome"]) == (shared, "unknown")


async def test_of_several_with_a_number_nobody_is_taken_for_another(office: Office) -> None:
    """A request that names nobody waits; then one's own data is handed out, and goes, alone."""
    admin, shared = await office.person(), "+13035550238"
    ids, own = {}, {SHARER: "+13035550239", SHARED: "+13035550240"}
    for who, number in own.items():
        numbers = [{"number": shared}, {"number": number}]
        body = {"name": who, "numbers": numbers, "lawful_basis": "contract"}
        answer = await admin.http.post("/v1/customers", json=body)
        assert answer.status_code == 201, answer.text
        ids[who] = answer.json()["id"]
    for kind, state in (("access", "ready"), ("erasure", "completed")):
        request = await opened(admin, shared, kind)
        assert (await ask(admin, request, "attest", **ATTEST)).status_code == 200

        async def asked_back(request: dict[str, Any] = request) -> bool:
            return bool((await shown(admin, request))["holders"])

        await until(asked_back, 20)
        waiting = await shown(admin, request)
        assert set(waiting["holders"]) == set(ids.values())
        assert (waiting["erasure"], waiting["awaiting"]) == (None, [])
        named = await ask(admin, request, "name", customers=[ids[SHARER]])
        assert named.status_code == 200, named.text
        await shown(admin, request, state)
        if kind == "access":
            package = await admin.http.get(f"{PATH}/{request['id']}/package")
            with ZipFile(BytesIO(package.content)) as zipped:
                whole = "".join(
                    zipped.read(one).decode("utf-8", "replace") for one in zipped.namelist()
                )
            assert SHARER in whole
            assert SHARED not in whole
    assert (await admin.http.get(f"/v1/customers/{ids[SHARER]}")).status_code == 404
    left = (await admin.http.get(f"/v1/customers/{ids[SHARED]}")).json()
    assert [one["e164"] for one in left["numbers"]] == [own[SHARED]]


async def test_case_32_no_file_brings_back_who_was_erased_unless_on_a_new_basis(
    office: Office,
) -> None:
    """The line is refused and named, nothing is sent, and nothing of it is kept."""
    await office.at(12, 0, 0, NEW_YORK)
    admin, other = await office.person(), await office.person(SA)
    who, codes = RETURNER, leaving.Codes(office.platform)
    await office.heard(admin)
    await note(admin, who.number, "grant")
    await allowed(admin, who.number)
    for person in (admin, other):
        await person.upload(f"id,name,phone\nret-1,{who.name},{who.number}\n".encode())
    requests = [(person, await opened(person, who.number)) for person in (admin, other)]
    for person, request in requests:
        assert (await ask(person, request, "attest", **ATTEST)).status_code == 200
    for person, request in requests:
        await erased(office, person, request)
    for place in ("matcher.erased", "consent.suppressions"):
        (mine,), (theirs,) = codes.new(place, US), codes.new(place, SA)
        assert mine != theirs
    sent = await office.sent(who.number)

    file = f"id,name,phone\nret-1,{who.name},{who.number}\nret-2,Somebody,+13035550233\n".encode()
    again = await admin.upload(file)
    assert (again["created"], again["rejected"], again["faults"]) == (1, 1, {"suppressed": 1})
    (fault,) = (await admin.http.get(f"/v1/imports/{again['id']}/errors")).json()["data"]
    assert (fault["line"], fault["code"], fault["value"]) == (2, "suppressed", "")
    assert leaving.in_stores(office.platform, who) == {}
    assert await refused(admin, who.number) == "suppressed"

    renewed = await leaving.upload(admin, file, renewed_basis="A new contract, signed at our desk")
    assert (renewed["created"], renewed["rejected"]) == (1, 0)
    assert await refused(admin, who.number) == "suppressed"
    assert await office.sent(who.number) == sent
    await note(admin, who.number, "grant")
    await allowed(admin, who.number)


async def test_the_clock_runs_to_day_30_and_once_to_day_60(office: Office) -> None:
    """Last: it moves time by months."""
    await office.at(9, 0, 0, RIYADH)
    admin = await office.person(SA)
    kept, late = await opened(admin, NOURA, "access"), await opened(admin, NOURA, "access")
    came, due = (datetime.fromisoformat(kept[name]) for name in ("received_at", "due_at"))
    assert due - came == timedelta(days=30)
    office.move(timedelta(days=29))
    admin = await office.person(SA)
    answer = await ask(admin, kept, "extend", reason="Too many at once.")
    assert answer.status_code == 200, answer.text
    again = datetime.fromisoformat(answer.json()["due_at"])
    assert again - came == timedelta(days=60)
    office.move(timedelta(days=2))
    admin = await office.person(SA)
    refused = await ask(admin, late, "extend", reason="Too many at once.")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_late")

    async def breached() -> bool:
        return (await shown(admin, late))["breached_at"] is not None

    await until(breached)
    assert (await shown(admin, kept))["breached_at"] is None
    assert (await shown(admin, kept))["status"] == "extended"
