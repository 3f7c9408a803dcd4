"""The document is what the platform does: schemathesis asks every operation as an Admin may.

Each operation is asked with what its schemas allow and with what they forbid, for an id that the
agency has and for ids that nobody has. No answer may be a 5xx, or one whose status, media type,
shape or code the document does not declare.

Left out: the live stream, which does not end; signing in, whose tries are counted for the whole
machine; and signing out, which would end it all.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from deploy.local.agency import Person
from deploy.local.platform import Platform
from deploy.local.seed import Demo, make
from deploy.schemas.lint import answers
from libs.common.refusals import codes_in
from tests.integration.owned import possess
from tests.support.platform import Outside

pytestmark = pytest.mark.integration

Operation = Any  # schemathesis.APIOperation, of whatever it is generic in

OUT = {"GET /v1/live", "POST /v1/session", "DELETE /v1/session"}
EXAMPLES, SEED = 5, 20260302
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
BROKERS = Demo(
    "contractbro1",
    "Contract Brokers",
    "intnet-iq",
    "+12025550177",
    "2963572552552678777",
    "6c1b7f0e-53b1-4a5e-9d0c-6b0a5f3d2a77",
    "intnet-iq.csv",
    domain="contract",
)


@pytest_asyncio.fixture
async def brokers(platform: Platform, outside: Outside) -> AsyncIterator[str]:
    """An agency of its own, so that no other test meets what is made here."""
    url = platform.console_url
    platform.tenants[BROKERS.tenant] = await make(platform.files, url, BROKERS)
    yield BROKERS.tenant
    del platform.tenants[BROKERS.tenant]


@dataclass
class Round:
    """Asks one operation after another, and remembers what was not as promised."""

    document: dict[str, Any]
    url: str
    cookies: dict[str, str]
    ids: dict[str, str]
    faults: dict[str, None] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def ask(self, operation: Operation) -> None:
        """Some requests of each kind; the same ones each time."""
        named = "{" in operation.path
        self._some(operation, GenerationMode.POSITIVE, owned=named)
        if named:
            self._some(operation, GenerationMode.POSITIVE, owned=False)
        with suppress(Unsatisfiable):  # where nothing is forbidden
            self._some(operation, GenerationMode.NEGATIVE, owned=named)

    def _some(self, operation: Operation, mode: GenerationMode, *, owned: bool) -> None:
        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def asked(case: Case[Any]) -> None:
            if owned:
                case.path_parameters |= self._own(operation)
            self._one(operation, case)

        asked()

    def _own(self, operation: Operation) -> dict[str, str]:
        name = operation.path.partition("{")[2].partition("}")[0]
        return {name: self.ids.get(operation.label, self.ids.get(name, "messages"))}

    def _one(self, operation: Operation, case: Case[Any]) -> None:
        answer = case.call(
            base_url=self.url, cookies=self.cookies, headers={"Origin": self.url}, timeout=30
        )
        self.statuses.setdefault(operation.label, Counter())[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=_checks())
        except FailureGroup as failed:
            for one in failed.exceptions:
                self._fault(operation, f"{answer.status_code}: {one!s:.400}")
        if answer.status_code >= 400:
            told = answer.json().get("code")
            if told not in self._codes(operation, answer.status_code):
                self._fault(operation, f"{answer.status_code}: does not declare `{told}`")

    def _codes(self, operation: Operation, status: int) -> frozenset[str]:
        raw = self.document["paths"][operation.path][operation.method.lower()]
        found = dict(answers(self.document, raw))
        return codes_in(found.get(str(status), {}))

    def _fault(self, operation: Operation, told: str) -> None:
        self.faults[f"{operation.label}: {told}"] = None


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All but those that are left out, deletions last."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(with_security_parameters=False)
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    yield from sorted(
        (one for one in found if one.label not in OUT),
        key=lambda one: one.method.upper() == "DELETE",
    )


@pytest.mark.timeout(420)
async def test_the_platform_does_what_the_document_says(
    outside: Outside, brokers: str, platform: Platform
) -> None:
    load_all_checks()
    owned = await possess(outside, brokers)
    admin = await outside.person(brokers, "admin")
    document = (await admin.http.get("/v1/openapi.json")).json()
    going = Round(document, platform.console_url, _cookies(admin), owned.ids)
    operations = list(_operations(document))
    assert len(operations) == sum(len(item) for item in document["paths"].values()) - len(OUT)
    for operation in operations:
        await asyncio.to_thread(going.ask, operation)
    assert list(going.faults) == []
    answered = {label for label, codes in going.statuses.items() if min(codes) < 400}
    assert len(answered) > 45
    whole = sum(going.statuses.values(), Counter())
    print(f"{whole.total()} requests, {len(operations)} operations, {dict(sorted(whole.items()))}")
    lying = Round(_false(document), going.url, going.cookies, going.ids)
    for operation in _operations(lying.document):
        if operation.label in {"GET /v1/users", "GET /v1/customers"}:
            await asyncio.to_thread(lying.ask, operation)
    told = "\n".join(lying.faults)
    assert "GET /v1/users: 200: " in told
    assert "GET /v1/customers: 422: Undocumented status code" in told
    assert "GET /v1/customers: 422: does not declare `invalid_request`" in told


def _false(document: dict[str, Any]) -> dict[str, Any]:
    """A document that promises what is not so."""
    false = deepcopy(document)
    false["components"]["schemas"]["User"]["properties"]["disabled"] = {"type": "string"}
    del false["paths"]["/v1/customers"]["get"]["responses"]["422"]
    return false


def _checks() -> list[Any]:
    return [CHECKS.get_one(name) for name in KEPT]


def _cookies(person: Person) -> dict[str, str]:
    return {cookie.name: str(cookie.value) for cookie in person.http.cookies.jar}
