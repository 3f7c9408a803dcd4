"""ETag, If-None-Match, If-Match, the link to the next page, and the request id that comes back."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import ASGIApp

from libs.common.web import Echo, IfMatch, Page, Problem, check_match, create_app, etag_of

router = APIRouter(prefix="/v1")


class Thing(BaseModel):
    name: str = 'Ämal \u2028 "next_cursor":"no"'
    kind: str = Field("a", serialization_alias="class")


@router.get("/thing")
async def get_thing(name: str = "x") -> Thing:
    return Thing(name=name)


@router.get("/things")
async def list_things(
    cursor: str | None = None, q: Annotated[str, Query()] = "", last: bool = False
) -> Page[Thing]:
    return Page(data=[Thing()], next_cursor=None if last else f"{cursor or 'a'}B-_9")


@router.put("/thing")
async def put_thing(if_match: IfMatch = None) -> Thing:
    check_match(if_match, Thing())
    return Thing()


@router.get("/pieces")
async def get_pieces() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"next_cursor":'
        yield b'"abc"}'

    return StreamingResponse(pieces(), media_type="application/json")


@router.get("/refused")
async def get_refused() -> Thing:
    raise Problem(409, "refused", "Not now.")


@router.get("/made")
async def make() -> JSONResponse:
    return JSONResponse({}, 201)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t")


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with _client(Echo(create_app("things", [router], version="1"))) as made:
        yield made


async def test_what_the_caller_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/thing")
    tag = first.headers["etag"]
    again = await client.get("/v1/thing", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in again.headers
    assert (await client.get("/v1/thing", headers={"If-None-Match": "*"})).status_code == 304
    other = await client.get("/v1/thing?name=y", headers={"If-None-Match": tag})
    assert (other.status_code, other.json()["name"]) == (200, "y")
    assert other.headers["etag"] != tag


@pytest.mark.parametrize("path", ["/v1/pieces", "/v1/refused", "/v1/made", "/v1/none"])
async def test_what_is_no_whole_answer_has_no_tag(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"If-None-Match": "*"})
    assert answer.status_code != 304
    assert answer.content
    assert not {"etag", "link"} & answer.headers.keys()


async def test_a_page_links_to_the_next(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/things", params={"q": "a b", "cursor": "old"})
    link = first.links["next"]["url"]
    assert link == "/v1/things?q=a+b&cursor=oldB-_9"
    following = await client.get(link)
    assert following.links["next"]["url"].endswith("&cursor=oldB-_9B-_9")
    last = await client.get("/v1/things", params={"last": True})
    assert "link" not in last.headers


async def test_words_of_others_make_no_link(client: httpx.AsyncClient) -> None:
    named = await client.get("/v1/thing", params={"name": '"next_cursor":"abc"'})
    assert named.json()["name"] == '"next_cursor":"abc"'
    assert "link" not in named.headers


async def test_what_has_changed_is_not_written_over(client: httpx.AsyncClient) -> None:
    refused = await client.put("/v1/thing", headers={"If-Match": '"old"'})
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    tag = etag_of(Thing())
    for line in (tag, f'"old", {tag}', "*"):
        assert (await client.put("/v1/thing", headers={"If-Match": line})).status_code == 200
    assert (await client.put("/v1/thing", headers={"If-Match": f"W/{tag}"})).status_code == 412
    assert (await client.put("/v1/thing")).status_code == 200


async def test_the_tag_of_a_model_is_that_of_its_answer(client: httpx.AsyncClient) -> None:
    name = "Ämal \u2028 1.0"
    answer = await client.get("/v1/thing", params={"name": name})
    assert etag_of(Thing(name=name)) == answer.headers["etag"]


@pytest.mark.parametrize("given", ["a", "req-1.2_3", "a" * 64])
async def test_a_request_id_comes_back(client: httpx.AsyncClient, given: str) -> None:
    for path in ("/v1/thing", "/v1/none"):
        answer = await client.get(path, headers={"X-Request-ID": given})
        assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "+13035550142", "a b", "a\tb", "é"])
async def test_a_request_id_of_other_characters_does_not(
    client: httpx.AsyncClient, given: str
) -> None:
    answer = await client.get("/v1/thing", headers=[(b"X-Request-ID", given.encode())])
    assert "x-request-id" not in answer.headers
    assert "x-request-id" not in (await client.get("/v1/thing")).headers
