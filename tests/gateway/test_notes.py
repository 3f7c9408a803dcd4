"""Who signed in, who was let in, and what operators did, goes on record."""

from datetime import timedelta
from zlib import crc32

from libs.common.events import Note
from services.gateway.domain.key import new_key
from services.gateway.domain.roles import Role
from tests.gateway.house import AT, ONE, TWO, House, sign_in
from tests.gateway.programs import issued, program
from tests.gateway.test_api_users import accept, invited

PLATFORM = "platform"


def noted(house: House, *actions: str) -> list[tuple[str, Note]]:
    return [(tenant, n) for tenant, n in house.units.noted if n.action in actions or not actions]


async def test_sessions_are_noted_from_sign_in_to_sign_out(house: House) -> None:
    account = await house.account(email="amal@example.com")
    client = house.client()
    await sign_in(client, account.email)
    await sign_in(client, account.email)
    await client.delete("/v1/session")
    assert [(tenant, n.action, n.reason) for tenant, n in noted(house)] == [
        (ONE, "session.signed_in", None),
        (ONE, "session.ended", "replaced"),
        (ONE, "session.signed_in", None),
        (ONE, "session.ended", "signed_out"),
    ]
    assert {n.actor for _, n in noted(house)} == {f"user:{account.id}"}
    assert not house.data.sessions


async def test_a_refusal_names_an_account_that_is_there_and_no_address(house: House) -> None:
    known = await house.account(email="amal@example.com")
    gone = await house.account(email="gone@example.com", disabled=True)
    client = house.client()
    await sign_in(client, known.email, "not the password")
    await sign_in(client, gone.email)
    await sign_in(client, "nobody@example.com")
    assert [(tenant, n.actor, n.reason) for tenant, n in noted(house)] == [
        (ONE, f"user:{known.id}", "wrong_password"),
        (ONE, f"user:{gone.id}", "disabled"),
        (PLATFORM, "unknown", "no_such_account"),
    ]
    assert {(n.action, n.outcome) for _, n in noted(house)} == {("session.refused", "refused")}
    assert "@" not in str(house.units.noted)


async def test_users_are_noted_without_names_and_addresses(house: House) -> None:
    admin = await house.signed_in()
    token = await invited(house, admin, "b@example.com")
    user = (await accept(house, token)).json()["id"]
    await admin.patch(f"/v1/users/{user}", json={"role": "admin"})
    await admin.patch(f"/v1/users/{user}", json={"disabled": True})
    await admin.patch(f"/v1/users/{user}", json={"disabled": True})
    await admin.get("/v1/users")
    found = noted(house, "user.invited", "user.joined", "user.changed", "user.disabled")
    actions = [n.action for _, n in found]
    assert actions == ["user.invited", "user.joined", "user.changed", "user.disabled"]
    assert {tenant for tenant, _ in found} == {ONE}
    ((_, read),) = noted(house, "access.read")
    assert read.facts == {"operation": "GET /v1/users", "documents": 2}
    assert not [word for word in ("@", "Bashir", token) if word in str(house.units.noted)]


async def test_operators_are_on_the_record_of_each_agency_they_change(house: House) -> None:
    house.tenant(ONE)
    house.tenant(TWO)
    operator = house.operator()
    number = {"tenant": ONE, "number": "+12025550143"}
    assert (await operator.post("/operator/v1/numbers", json=number)).status_code == 201
    moved = {**number, "tenant": TWO, "valid_from": (AT + timedelta(days=1)).isoformat()}
    house.units.noted.clear()
    answer = await operator.post("/operator/v1/numbers", json=moved)
    assert answer.status_code == 201, answer.text
    assert [tenant for tenant, _ in noted(house, "tenant.saved")] == [ONE, TWO]
    ((tenant, acted),) = noted(house, "operator.acted")
    assert (tenant, acted.actor) == (TWO, "operator:ops")
    assert acted.facts == {"operation": "numbers.assign"}
    assert "2025550143" not in str(house.units.noted)


async def test_an_agent_who_may_not_look_is_not_noted(house: House) -> None:
    agent = await house.signed_in(role=Role.AGENT)
    await agent.get("/v1/users")
    assert noted(house, "access.read") == []


async def test_keys_are_noted_from_their_making_to_their_end_and_never_told(house: House) -> None:
    made = await issued(house, "calls:read", "live:read")
    admin = await house.signed_in()
    for _ in range(2):
        await admin.delete(f"/v1/keys/{made['id']}")
    await admin.get("/v1/keys")
    (_, created), (_, revoked) = noted(house, "key.created", "key.revoked")
    assert (created.object, revoked.object) == (made["id"], made["id"])
    assert created.facts == {"scopes": "calls:read live:read", "expires": False}
    assert created.actor.startswith("user:usr_")
    ((tenant, read),) = noted(house, "access.read")
    assert (tenant, read.object) == (ONE, "keys")
    assert read.facts == {"operation": "GET /v1/keys", "documents": 1}
    assert not [word for word in ("Policy system", made["key"]) if word in str(house.units.noted)]


async def test_a_refused_key_is_on_the_record_of_whose_it_is(house: House) -> None:
    gone = await issued(house, "numbers:read")
    admin = await house.signed_in()
    await admin.delete(f"/v1/keys/{gone['id']}")
    other = new_key()[1]
    guessed = f"{gone['key'][:30]}{other[30:-8]}"
    guessed += f"{crc32(guessed.encode()):08x}"
    for key in (gone["key"], guessed, other, gone["key"][:-1]):
        assert (await program(house, key).get("/v1/numbers")).status_code == 401
    found = noted(house, "key.refused")
    assert [(tenant, n.actor, n.object, n.reason) for tenant, n in found] == [
        (ONE, f"key:{gone['id']}", gone["id"], "revoked"),
        (ONE, "unknown", gone["id"], "wrong_secret"),
        (PLATFORM, "unknown", None, "unknown"),
    ]
    assert {n.outcome for _, n in found} == {"refused"}
    assert not [key for key in (gone["key"], guessed, other) if key in str(house.units.noted)]
