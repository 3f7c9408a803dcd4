"""What holds for every operation: tags of answers, links, and the caller's own request id."""

import pytest
from fastapi import APIRouter

from libs.common import web
from services.gateway.domain.routes import SERVICES
from tests.gateway.house import House, served

upstream = APIRouter(prefix="/v1")


@upstream.get("/customers")
async def list_customers(limit: int = 50, cursor: str | None = None) -> web.Page[str]:
    return web.Page(data=[cursor or ""], next_cursor="abc")


async def test_a_service_behind_answers_with_tag_and_link(house: House) -> None:
    admin = await house.signed_in()
    async with served(web.create_app("matcher", [upstream], version="1")) as url:
        house.desk.services._urls.update(dict.fromkeys(SERVICES.values(), url))
        first = await admin.get("/v1/customers?limit=2")
        assert first.links["next"]["url"] == "/v1/customers?limit=2&cursor=abc"
        tag = first.headers["etag"]
        known = await admin.get("/v1/customers?limit=2", headers={"If-None-Match": tag})
        following = await admin.get(first.links["next"]["url"])
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    assert (following.status_code, following.json()["data"]) == (200, ["abc"])


async def test_the_gateways_own_answers_have_a_tag(house: House) -> None:
    admin = await house.signed_in()
    tag = (await admin.get("/v1/session")).headers["etag"]
    known = await admin.get("/v1/session", headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "status"), [("/v1/none", 404), ("/v1/users", 401)])
async def test_a_request_id_comes_back_whatever_is_answered(
    house: House, path: str, status: int
) -> None:
    answer = await house.client().get(path, headers={"X-Request-ID": "req-7"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (status, "req-7")
    odd = await house.client().get(path, headers={"X-Request-ID": "+13035550142"})
    assert "x-request-id" not in odd.headers
