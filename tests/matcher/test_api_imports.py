"""HTTP in: files of customers."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.events import Event, ImportFinished, ImportProgressed, TenantSaved
from libs.common.principal import Principal
from libs.common.service import Caller
from services.matcher.api.batch import Attestation
from services.matcher.api.upload import Upload
from services.matcher.app import build
from services.matcher.domain.sheet import Sheet
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.matcher.given import NUMBER, file, many
from tests.support.http import Harness, harness

SAME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
PATH = "/v1/imports"
SAID = {"source": "our CRM", "lawful_basis": "contract"}
CSV = {"content-type": "text/csv"}
COUNTS = ("created", "updated", "unchanged", "repeated", "rejected")

DIRTY = """sep=;
id;الاسم;Mobile;Work phone;renewal date;email;notes;status
P-1;Amal Haddad;(202) 555-0143;;6/1/2026;AMAL@example.org;VIP;Active
P-2;Omar;2.02555E+09;;;;;
P-3;Nora;202-555-0177 / 202-555-0178;+1 202 555 0143 x7;not yet;nora@;;in force
P-4;Sami;202 555 0199;;
;;2025550143;;;;;
P-5;=cmd|' /C calc'!A0;12;;;;;
P-1;Amal H.;(202) 555-0143;;;;;lapsed
"""


@pytest.fixture
def client(matcher: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return matcher.client(agency, user="usr_7")


async def upload(
    client: httpx.AsyncClient, content: bytes | AsyncIterator[bytes], **said: str
) -> httpx.Response:
    return await client.post(PATH, params={**SAID, **said}, content=content, headers=CSV)


async def imported(
    client: httpx.AsyncClient, content: bytes | AsyncIterator[bytes], **said: str
) -> dict[str, Any]:
    answer = await upload(client, content, **said)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert body["rows"] == sum(body[name] for name in COUNTS)
    return body


def counts(body: dict[str, Any]) -> dict[str, int]:
    return {name: body[name] for name in COUNTS if body[name]}


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def customers(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    page = (await client.get("/v1/customers", params={"limit": 200})).json()
    return {row["external_id"]: row for row in page["data"]}


async def test_a_clean_file(
    matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await upload(client, file("P-1,Amal,(202) 555-0143", "P-2,Omar,+12025550177"))
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"{PATH}/{body['id']}"
    assert (body["state"], body["rows"], counts(body)) == ("finished", 2, {"created": 2})
    assert (body["source"], body["lawful_basis"], body["attested_by"]) == (
        "our CRM",
        "contract",
        "usr_7",
    )
    assert (body["encoding"], body["delimiter"], body["unknown_columns"]) == ("utf-8", ",", [])
    assert (body["faults"], body["advice"]) == ({}, [])
    assert (await client.get(answer.headers["location"])).json() == body
    assert (await client.get(PATH)).json()["data"] == [body]
    row = (await customers(client))["P-1"]
    assert (row["name"], row["origin"], row["lawful_basis"]) == ("Amal", body["id"], "contract")
    (known,) = await matcher.store(agency).customers.known(NUMBER, "US")
    assert known.customer_id == row["id"]


async def test_a_dirty_file_lands_as_far_as_it_can(client: httpx.AsyncClient) -> None:
    body = await imported(client, DIRTY.encode())
    assert counts(body) == {"created": 2, "repeated": 1, "rejected": 4}
    assert (body["delimiter"], body["unknown_columns"]) == (";", ["notes"])
    assert body["faults"] == {
        "digits_lost": 1,
        "not_a_date": 1,
        "email": 1,
        "columns": 1,
        "no_key": 1,
        "not_possible": 1,
    }
    assert len(body["advice"]) == 2
    there = await customers(client)
    assert set(there) == {"P-1", "P-3"}
    assert (there["P-1"]["name"], there["P-1"]["status"]) == ("Amal H.", "lapsed")
    numbers = [(n["e164"], n["extension"], n["label"]) for n in there["P-3"]["numbers"]]
    assert numbers == [
        ("+12025550177", None, "mobile"),
        ("+12025550178", None, "mobile"),
        (NUMBER, "7", "work"),
    ]
    errors = (await client.get(f"{PATH}/{body['id']}/errors")).json()
    assert errors["next_cursor"] is None
    assert [(e["line"], e["column"], e["code"]) for e in errors["data"]] == [
        (4, "Mobile", "digits_lost"),
        (5, "email", "email"),
        (5, "renewal date", "not_a_date"),
        (6, None, "columns"),
        (7, None, "no_key"),
        (8, "Mobile", "not_possible"),
    ]
    assert errors["data"][0]["value"] == "2.02555E+09"
    assert all(error["explanation"] for error in errors["data"])


async def test_faults_come_page_by_page(client: httpx.AsyncClient) -> None:
    body = await imported(client, file(*(f"P-{i},Name,{i}" for i in range(1, 8))))
    lines: list[int] = []
    params: dict[str, Any] = {"limit": 3}
    for _ in range(3):
        page = (await client.get(f"{PATH}/{body['id']}/errors", params=params)).json()
        lines += [error["line"] for error in page["data"]]
        params["cursor"] = page["next_cursor"]
    assert lines == [2, 3, 4, 5, 6, 7, 8]
    assert params["cursor"] is None


async def test_faults_as_a_file_run_no_formula(client: httpx.AsyncClient) -> None:
    lines = ("P-1,Amal,=1+1", 'P-2,Omar,"@SUM(A1,""x"")"', "P-3,Nora,-2+3", "P-4,Sami,\u0665")
    body = await imported(client, file(*lines))
    answer = await client.get(f"{PATH}/{body['id']}/errors.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{body["id"]}-errors.csv"'
    )
    header, *rows = csv.reader(io.StringIO(answer.content.decode()))
    assert header == ["line", "column", "value", "code", "explanation"]
    assert [row[2] for row in rows] == ["'=1+1", '\'@SUM(A1,"x")', "'-2+3", "\u0665"]
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]


async def test_the_list_of_faults_has_an_end_and_the_counts_have_none(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matcher.api.upload.MOST_FAULTS", 3)
    monkeypatch.setattr("services.matcher.api.upload.BATCH", 2)
    body = await imported(client, file(*(f"P-{i},Name,{i}" for i in range(1, 8))))
    assert body["rejected"] == 7
    assert sum(body["faults"].values()) == 7
    errors = (await client.get(f"{PATH}/{body['id']}/errors")).json()["data"]
    assert [error["line"] for error in errors] == [2, 3, 4]


@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_a_body_in_pieces_of_any_size(client: httpx.AsyncClient, size: int) -> None:
    body = await imported(client, pieces(DIRTY.encode(), size))
    assert counts(body) == {"created": 2, "repeated": 1, "rejected": 4}


async def test_the_same_file_again_changes_nothing(client: httpx.AsyncClient) -> None:
    first = await imported(client, many(20))
    before = await customers(client)
    again = await imported(client, many(20))
    assert (counts(first), counts(again)) == ({"created": 20}, {"unchanged": 20})
    assert first["id"] != again["id"]
    assert await customers(client) == before


async def test_a_changed_row_is_written(client: httpx.AsyncClient) -> None:
    await imported(client, file("P-1,Amal,+12025550143", "P-2,Omar,+12025550177"))
    body = await imported(client, file("P-1,Amal,+12025550143", "P-2,Omar B.,+12025550177"))
    assert counts(body) == {"unchanged": 1, "updated": 1}
    there = await customers(client)
    assert [(there[key]["version"], there[key]["name"]) for key in ("P-1", "P-2")] == [
        (1, "Amal"),
        (2, "Omar B."),
    ]


async def test_columns_are_read_as_the_mapping_says(client: httpx.AsyncClient) -> None:
    content = b"Who,Reach,Pol. no,name\nAmal,202-555-0143,P-1,left out\n"
    mapping = '{"who": "name", "Reach": "phone", "Pol. no": "external_id", "name": "ignore"}'
    body = await imported(client, content, mapping=mapping)
    assert counts(body) == {"created": 1}
    assert (await customers(client))["P-1"]["name"] == "Amal"


@pytest.mark.parametrize("mapping", ["{", "[]", "7", '{"name": 7}', '{"name": null}', "Amal"])
async def test_a_mapping_that_is_no_mapping(client: httpx.AsyncClient, mapping: str) -> None:
    answer = await upload(client, many(1), mapping=mapping)
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["mapping"]


@pytest.mark.parametrize(
    ("content", "code", "mapping"),
    [
        (b"", "empty", None),
        (b"\n \n\t\n", "empty", None),
        (b"\xef\xbb\xbf", "empty", None),
        (b"name,city\nAmal,Riyadh\n", "no_phone_column", None),
        (b"Amal Haddad,202-555-0143\n", "no_phone_column", None),
        (b'"Amal\n202-555-0143\n', "header", None),
        (b"name,phone\nAmal,202-555-0143\n", "mapping", '{"Amal": "name"}'),
        (b"name,phone\nAmal,202-555-0143\n", "mapping", '{"name": "Haddad"}'),
        (b"name,phone\nAmal,202-555-0143\n", "no_phone_column", '{"phone": "ignore"}'),
    ],
)
async def test_a_file_that_cannot_be_read_leaves_nothing(
    matcher: Harness[Store],
    client: httpx.AsyncClient,
    content: bytes,
    code: str,
    mapping: str | None,
) -> None:
    answer = await upload(client, content, **({"mapping": mapping} if mapping else {}))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].endswith(".")
    assert "Amal" not in answer.text
    assert "Haddad" not in answer.text
    assert (await client.get(PATH)).json()["data"] == []
    assert await customers(client) == {}
    assert matcher.units.emitted == []


async def test_a_header_alone_is_refused_and_leaves_nothing(client: httpx.AsyncClient) -> None:
    """What `curl -d @file` makes of a file: all of it in the first line."""
    for data in (file(), b"id,phone,Shoe SizeC-1,(512) 555-0195,44"):
        answer = await upload(client, data)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_rows")
        assert "--data-binary" in answer.json()["detail"]
    assert (await client.get(PATH)).json()["data"] == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/csv", 201),
        ("text/csv; charset=utf-8", 201),
        ("Text/CSV", 201),
        ("application/json", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/csv-schema", 415),
        ("", 415),
    ],
)
async def test_the_body_is_a_csv_file(client: httpx.AsyncClient, kind: str, status: int) -> None:
    answer = await client.post(PATH, params=SAID, content=many(1), headers={"content-type": kind})
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["code"] == "not_csv"
        assert await customers(client) == {}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"source": "our CRM"}, "lawful_basis"),
        ({"lawful_basis": "contract"}, "source"),
        ({"source": "x", "lawful_basis": "contract"}, "source"),
        ({"source": "our CRM", "lawful_basis": "Amal agreed"}, "lawful_basis"),
        ({**SAID, "mapping": "{" * 4001}, "mapping"),
    ],
)
async def test_nothing_comes_in_without_its_attestation(
    client: httpx.AsyncClient, said: dict[str, str], pointer: str
) -> None:
    answer = await client.post(PATH, params=said, content=many(1), headers=CSV)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "Amal" not in answer.text
    assert await customers(client) == {}


async def test_events_tell_of_thousands_and_never_of_rows(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    body = await imported(client, pieces(many(2300), 30_000))
    progressed, finished = matcher.units.of(ImportProgressed), matcher.units.of(ImportFinished)
    assert len(matcher.units.emitted) == 3
    assert [(event.rows, event.created) for event in progressed] == [(1000, 1000), (2000, 2000)]
    assert [(event.rows, event.state) for event in finished] == [(2300, "finished")]
    assert {event.import_id for event in (*progressed, *finished)} == {body["id"]}
    again = await imported(client, many(2300))
    assert counts(again) == {"unchanged": 2300}
    kinds: Iterable[type[Event]] = [type(event) for event in matcher.units.emitted[3:]]
    assert list(kinds) == [ImportProgressed, ImportProgressed, ImportFinished]
    assert NUMBER[-7:] not in b"".join(e.to_json() for e in matcher.units.envelopes).decode()


async def test_a_small_file_of_many_rows_comes_in_thousands_too(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    body = await imported(
        client, b"email,phone\n" + b"".join(b"%d@a.cc,\n" % i for i in range(2500))
    )
    assert counts(body) == {"created": 2500}
    assert [event.rows for event in matcher.units.of(ImportProgressed)] == [1000, 2000]


class Gone(Exception):
    """The sender went away."""


async def test_an_upload_that_breaks_off_keeps_its_rows_and_says_so(
    matcher: Harness[Store],
    agency: TenantSaved,
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        async for piece in pieces(many(4000), 10_000):
            yield piece
        raise Gone

    principal = Principal(agency.tenant, "usr_7", "admin", frozenset())
    who: Caller[Store] = Caller(principal, agency, matcher.units)
    with pytest.raises(Gone):
        await Upload(who, Sheet("US"), Attestation("our CRM", "contract", "usr_7")).run(broken())
    (row,) = (await client.get(PATH)).json()["data"]
    written = row["rows"]
    assert (row["state"], counts(row)) == ("running", {"created": written})
    assert written in (1000, 2000, 3000)
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (await client.get(f"{PATH}/{row['id']}")).json()["state"] == "interrupted"
    assert matcher.units.of(ImportFinished) == []
    again = await imported(client, many(4000))
    assert counts(again) == {"unchanged": written, "created": 4000 - written}


async def test_a_sender_who_goes_away_before_the_first_thousand_leaves_nothing(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield many(10)
        raise Gone

    answer = await upload(client, broken())
    assert answer.status_code == 500  # nobody reads it
    assert matcher.units.emitted == []
    assert await customers(client) == {}


async def test_another_agencys_import_is_like_one_that_never_was(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    body = await imported(client, DIRTY.encode())
    stranger = matcher.client(await matcher.open())
    for path in ("", "/errors", "/errors.csv"):
        own = await client.get(f"{PATH}/{body['id']}{path}")
        foreign = await stranger.get(f"{PATH}/{body['id']}{path}")
        unknown = await stranger.get(f"{PATH}/imp_{'0' * 32}{path}")
        assert (own.status_code, foreign.status_code) == (200, 404)
        assert (foreign.content, foreign.headers) == (unknown.content, unknown.headers)
    assert (await stranger.get(PATH)).json() == {"data": [], "next_cursor": None}
    assert await customers(stranger) == {}


async def test_the_latest_import_comes_first(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    ids = [(await imported(client, many(1)))["id"] for _ in range(3)]
    first = (await client.get(PATH, params={"limit": 2})).json()
    assert [row["id"] for row in first["data"]] == ids[:0:-1]
    cursor = {"cursor": first["next_cursor"]}
    rest = (await client.get(PATH, params={**cursor, "limit": 2})).json()
    assert ([row["id"] for row in rest["data"]], rest["next_cursor"]) == (ids[:1], None)
    stranger = matcher.client(await matcher.open())
    for answer in (
        await stranger.get(PATH, params=cursor),
        await client.get(f"{PATH}/{ids[0]}/errors", params=cursor),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_a_cursor_of_faults_is_good_for_its_import_only(client: httpx.AsyncClient) -> None:
    one, two = [await imported(client, DIRTY.encode()) for _ in range(2)]
    errors = f"{PATH}/{one['id']}/errors"
    cursor = (await client.get(errors, params={"limit": 1})).json()["next_cursor"]
    answer = await client.get(f"{PATH}/{two['id']}/errors", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_a_file_of_a_riyadh_agency(matcher: Harness[Store]) -> None:
    riyadh = matcher.client(await matcher.open(region="SA"))
    content = "الاسم,جوال,المعرف\nنورة,0500000012,1\nسامي,+1 202 555 0143,2\n"
    body = await imported(riyadh, content.encode("cp1256"))
    assert (body["encoding"], counts(body)) == ("windows-1256", {"created": 2})
    there = await customers(riyadh)
    assert [(there[key]["name"], there[key]["numbers"][0]["e164"]) for key in "12"] == [
        ("نورة", "+966500000012"),
        ("سامي", NUMBER),
    ]


@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@SAME
async def test_no_file_breaks_the_door(client: httpx.AsyncClient, data: bytes) -> None:
    answer = await upload(client, b"id,name,phone\n" + data)
    if answer.status_code == 422:  # no UTF-8, so that the header too is another one
        assert answer.json()["code"] in ("no_phone_column", "header", "no_rows", "encoding")
        return
    body = answer.json()
    assert body["rows"] == sum(body[name] for name in COUNTS)
    errors = await client.get(f"{PATH}/{body['id']}/errors.csv")
    assert errors.status_code == 200
    for row in list(csv.reader(io.StringIO(errors.content.decode(), newline="")))[1:]:
        assert not row[2].startswith(("=", "+", "-", "@"))


class TestMongo:
    @pytest.fixture
    async def matcher(self, tmp_path: Path, mongo_url: str) -> AsyncIterator[Harness[Store]]:
        made = await harness(build, Settings, tmp_path, mongo_url)
        yield made
        await made.close()

    async def test_a_dirty_file(self, client: httpx.AsyncClient) -> None:
        await test_a_dirty_file_lands_as_far_as_it_can(client)

    async def test_thousands(self, matcher: Harness[Store], client: httpx.AsyncClient) -> None:
        await test_events_tell_of_thousands_and_never_of_rows(matcher, client)
        await test_the_same_file_again_changes_nothing(matcher.client(await matcher.open()))

    async def test_agencies_are_apart(
        self, matcher: Harness[Store], client: httpx.AsyncClient
    ) -> None:
        await test_another_agencys_import_is_like_one_that_never_was(matcher, client)
