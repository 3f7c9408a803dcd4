"""What a key may and may not do, for every row of the table."""

import pytest

from services.gateway.domain.key import KeyScope
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.roles import KNOWN, OPEN, OPERATOR
from tests.gateway.house import ONE, House, problem
from tests.gateway.programs import given, issued, program
from tests.gateway.test_permissions import concrete

FOR_PEOPLE = {
    "session",
    "users:read",
    "users:write",
    "keys:read",
    "keys:write",
    "webhooks:read",
    "webhooks:write",
    "safeguards:write",
    "privacy:decide",
}
"""What no key can have. What a later row asks for is added here, or to the scopes of keys."""


def test_each_row_is_for_keys_or_for_people() -> None:
    known = {OPEN, OPERATOR, KNOWN} | FOR_PEOPLE | set(KeyScope)
    assert set(TABLE.values()) == known
    assert not FOR_PEOPLE & set(KeyScope)


@pytest.mark.parametrize(("method", "template"), sorted(TABLE))
async def test_a_key_does_what_its_scopes_say_and_nothing_else(
    house: House, method: str, template: str
) -> None:
    """With every scope there is, with all but the one that is asked for, and with that alone."""
    scope, path = TABLE[method, template], concrete(template)
    if scope == OPEN:
        return await _open_to_all(house, method, path)
    house.tenant(ONE)
    every = given(house, *KeyScope)
    others = [each for each in KeyScope if each != scope]
    without = given(house, *others)
    answers = [await without.request(method, path)]
    if not template.startswith(("/v1/", "/operator/")):  # a page
        answers.append(await every.request(method, path))
        assert [answer.status_code for answer in answers] == [403, 403]
        return None
    if scope in set(KeyScope):
        assert (answers[0].status_code, problem(answers[0])) == (403, "missing_scope")
        assert f"`{scope}`" in answers[0].json()["detail"]
        if template != "/v1/live":  # it does not end for who is let in
            alone = given(house, scope)
            answers = [await app.request(method, path) for app in (every, alone)]
            assert not {401, 403} & {answer.status_code for answer in answers}
        return None
    answers.append(await every.request(method, path))
    if scope == KNOWN:
        assert not {401, 403} & {answer.status_code for answer in answers}
    elif scope == OPERATOR:
        assert [answer.status_code for answer in answers] == [401, 401]
    else:
        assert [answer.status_code for answer in answers] == [403, 403]
        assert {problem(answer) for answer in answers} == {"not_for_keys"}
    return None


async def _open_to_all(house: House, method: str, path: str) -> None:
    """A key opens nothing more of what is open, and a bad one closes nothing."""
    house.tenant(ONE)
    good, bad = given(house, *KeyScope), program(house, "ink_live_x")
    nobody = house.client()
    del nobody.headers["Origin"]
    asked = [await client.request(method, path) for client in (good, bad, nobody)]
    assert len({answer.status_code for answer in asked}) == 1
    assert 401 not in {answer.status_code for answer in asked}


async def test_no_key_makes_or_revokes_a_key(house: House) -> None:
    made = await issued(house)
    app = program(house, made["key"])
    body = {"name": "App", "scopes": ["calls:read"]}
    answers = [
        await app.post("/v1/keys", json=body),
        await app.delete(f"/v1/keys/{made['id']}"),
        await app.get("/v1/keys"),
    ]
    assert [problem(answer) for answer in answers] == ["not_for_keys"] * 3
    assert len(house.data.keys) == 1
    assert house.data.keys[made["id"]].revoked_at is None
