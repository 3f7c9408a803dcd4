"""What the services serve and what the gateway's table says is one and the same."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from libs.common import web
from libs.common.refusals import codes_in
from services.gateway.domain import routes
from services.gateway.domain.openapi import merge
from services.gateway.domain.permissions import TABLE, listed
from services.gateway.pages.texts import texts_in
from services.messaging.domain import failures, outcome, refusals
from tests.gateway.house import House

SERVICES = Path(__file__).parents[2] / "services"
BEHIND = sorted(set(routes.SERVICES.values()))


def document(service: str) -> dict[str, Any]:
    api = import_module(f"services.{service}.api")
    routers = api.ROUTERS if hasattr(api, "ROUTERS") else (api.router,)
    return web.create_app(service, routers, version="1").openapi()


def operations(service: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What it serves to agencies; operators come to it by a door of their own."""
    return {
        (method.upper(), path): operation
        for path, item in document(service)["paths"].items()
        for method, operation in item.items()
        if path.startswith("/v1/")
    }


@pytest.mark.parametrize("service", BEHIND)
def test_each_operation_is_passed_on_under_the_scope_that_the_service_asks_for(
    service: str,
) -> None:
    served = operations(service)
    rows = {row for row in TABLE if routes.service_of(row[1]) == service}
    assert set(served) == rows
    for row, operation in served.items():
        (needed,) = operation["security"][0].values()
        assert needed == [TABLE[row]]


def sentences() -> dict[str, set[str]]:
    """What messaging says of a text that may not go or did not, by code."""
    told = {code: {sentence} for code, sentence in refusals.SENTENCES.items()}
    known = [
        *(failure for failure, _ in failures._FAILURES),
        failures.UNKNOWN,
        *outcome._UNSENT.values(),
        *outcome._WITHOUT_CODE.values(),
    ]
    for failure in known:
        told.setdefault(failure.code, set()).add(failure.sentence)
    return told


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_says_in_each_language_why_a_text_did_not_go(language: str) -> None:
    said = {word for word in texts_in(language) if word.startswith("why_")}
    assert said == {f"why_{code}" for code in sentences()}


def test_in_english_the_page_says_what_the_service_says() -> None:
    english = texts_in("en")
    for code, told in sentences().items():
        assert english[f"why_{code}"] in told


def test_no_other_answer_of_a_service_has_the_code_of_a_refusal() -> None:
    """The page would give the reasons of a text for it."""
    source = "".join(file.read_text() for file in SERVICES.rglob("*.py"))
    codes = set(re.findall(r"Problem\(\s*\d+,\s*\"(\w+)\"", source))
    assert len(codes) > 20
    assert codes.isdisjoint(sentences())


async def test_the_whole_document_is_sound(house: House) -> None:
    documents = {name: document(name) for name in BEHIND}
    merged: Any = merge({"gateway": house.app.openapi(), **documents}, listed, "sid")
    text = str(merged)
    for reference in {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in merged["components"]["schemas"]
    names = [op["operationId"] for item in merged["paths"].values() for op in item.values()]
    assert len(names) == len(set(names))
    shown = {(m.upper(), path) for path, item in merged["paths"].items() for m in item}
    assert shown == {row for row, scope in TABLE.items() if row[1].startswith("/v1/")}


def _codes_in_source() -> set[str]:
    """Codes of problems as they stand where they are raised, by agencies' operations."""
    found: set[str] = set()
    raised = re.compile(r"(?:Problem\(\s*\d+,|conflict\(|(?<!_)unusable\()\s*\"(\w+)\"")
    for file in SERVICES.rglob("api*/**/*.py"):
        if file.name not in OF_OPERATORS:
            found |= set(raised.findall(file.read_text()))
    return found | set(raised.findall((SERVICES / "insights" / "api.py").read_text()))


OF_OPERATORS = {"operator.py", "reviews.py", "scans.py", "quarantine.py", "webhook.py"}


async def test_every_code_that_is_raised_is_declared(house: House) -> None:
    documents = {name: document(name) for name in BEHIND}
    merged: Any = merge({"gateway": house.app.openapi(), **documents}, listed, "sid")
    answers = [*merged["components"]["responses"].values()]
    for item in merged["paths"].values():
        answers += [one for o in item.values() for one in o["responses"].values()]
    declared = {code for answer in answers for code in codes_in(answer)}
    assert len(_codes_in_source()) > 30
    assert _codes_in_source() - declared == set()
    assert refusals.SENTENCES.keys() <= declared


async def test_the_door_itself_is_declared(house: House) -> None:
    documents = {name: document(name) for name in BEHIND}
    merged: Any = merge({"gateway": house.app.openapi(), **documents}, listed, "sid")

    def codes(method: str, path: str) -> dict[str, set[str]]:
        told = merged["paths"][path][method]["responses"]
        shared = merged["components"]["responses"]
        whole = {
            status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            for status, answer in told.items()
        }
        return {status: set(codes_in(answer)) for status, answer in whole.items()}

    read, change, signing = (
        codes("get", "/v1/customers"),
        codes("post", "/v1/customers"),
        codes("post", "/v1/session"),
    )
    assert read["503"] == {"service_away", "starting"}
    assert read["504"] == {"service_silent"}
    assert change["403"] == {"forbidden", "missing_scope", "foreign_origin"}
    assert change["415"] == {"unsupported_media_type"}
    assert "403" in read
    assert signing["401"] == {"wrong_credentials"}
    assert signing["403"] == {"foreign_origin"}
    assert "504" not in signing
    assert "forbidden" not in codes("get", "/v1/openapi.json").get("403", set())
