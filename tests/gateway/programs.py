"""Programs of an agency, which come with a key."""

from typing import Any

import httpx

from libs.common import clock
from services.gateway.domain.key import Key, KeyScope, new_key
from services.gateway.domain.session import digest
from tests.gateway.house import ONE, PUBLIC, House


async def issued(house: House, *scopes: str, tenant: str = ONE, **values: Any) -> dict[str, Any]:
    """A new key of the agency, as its Admin is answered."""
    admin = await house.signed_in(tenant)
    body = {"name": "Policy system", "scopes": list(scopes or KeyScope), **values}
    answer = await admin.post("/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def given(house: House, *scopes: str, tenant: str = ONE) -> httpx.AsyncClient:
    """A program whose key is there already."""
    name, text = new_key()
    allowed = frozenset(map(KeyScope, scopes))
    key = Key(name, tenant, "App", allowed, digest(text), clock.now(), "usr_1")
    house.data.keys[name] = key
    return program(house, text)


def program(house: House, key: str) -> httpx.AsyncClient:
    """A client that comes with this key, from nowhere in particular."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(house.front),
        base_url=PUBLIC,
        headers={"Authorization": f"Bearer {key}"},
    )
