"""Whom the demo calls as: the people of its files, or somebody else where those are gone."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from phonenumbers import is_valid_number, parse

from deploy.local.agency import Person
from deploy.local.calls import CALLS
from deploy.local.demo import intnet_iq
from deploy.local.people import NEAR, STAND_INS, People, fictional
from deploy.local.unseen import Unseen
from libs.common import clock

LINE = "+12025550131"
RENEWAL, HOUSEHOLD, UNKNOWN = CALLS[:3]
SOON = (clock.now().date() + NEAR).isoformat()


class Agency:
    """Answers as the gateway does, of these customers; so often a number is an erased person's."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.up = True
        self.said: list[str] = []
        self.refused = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            return httpx.Response(503)
        if request.method == "GET":
            at = int(request.url.params.get("cursor", 0))
            size = int(request.url.params["limit"])
            following = str(at + size) if at + size < len(self.rows) else None
            return httpx.Response(
                200, json={"data": self.rows[at : at + size], "next_cursor": following}
            )
        given = json.loads(request.content)
        if self.refused:
            self.refused -= 1
            return httpx.Response(409)
        self.rows.append(row(given["name"], given["numbers"][0]["number"], given["renewal_on"]))
        return httpx.Response(201)

    def people(self) -> People:
        admin = Person("http://gateway.example")
        admin.http = httpx.AsyncClient(
            base_url="http://gateway.example", transport=httpx.MockTransport(self.answer)
        )
        return People(admin, LINE, self.said.append)


def row(
    name: str, number: str, renewal: str | None = SOON, *, restricted: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "numbers": [{"e164": number}],
        "renewal_on": renewal,
        "restricted": restricted,
    }


JANE = row("Jane Whitfield", RENEWAL.ring["from"])


async def test_who_is_as_the_file_has_them_calls_themselves() -> None:
    others = [row(f"Other {i}", f"+1303555{i:04d}") for i in range(250)]
    agency = Agency(*others, JANE)
    assert await agency.people().fit(RENEWAL) == RENEWAL
    assert agency.said == []
    assert len(agency.rows) == 251


@pytest.mark.parametrize(
    "now",
    [
        pytest.param((), id="erased or removed"),
        pytest.param(({**JANE, "restricted": True},), id="restricted"),
        pytest.param(({**JANE, "name": "Jane Moran"},), id="another name"),
        pytest.param((JANE, row("A lodger", RENEWAL.ring["from"])), id="a second person"),
        pytest.param(({**JANE, "renewal_on": None},), id="no renewal"),
        pytest.param(
            ({**JANE, "renewal_on": (clock.now().date() - timedelta(days=1)).isoformat()},),
            id="the renewal is over",
        ),
    ],
)
async def test_somebody_stands_in_for_who_is_not(now: tuple[dict[str, Any], ...]) -> None:
    agency = Agency(*now)
    people = agency.people()
    call = await people.fit(RENEWAL)
    assert call == replace(
        RENEWAL, people=STAND_INS[:1], ring={**RENEWAL.ring, "from": call.ring["from"]}
    )
    assert call.ring["from"] != RENEWAL.ring["from"]
    assert agency.rows[len(now) :] == [row(STAND_INS[0], call.ring["from"])]
    assert len(agency.said) == 1
    assert "Jane Whitfield cannot be shown here any more" in agency.said[0]
    assert await people.fit(RENEWAL) == call, "the next time the same one stands in"
    assert len(agency.rows) == len(now) + 1


async def test_a_household_stands_in_together_and_alone_nobody_is_taken_for_it() -> None:
    agency = Agency()
    people = agency.people()
    alone = await people.fit(RENEWAL)
    both = await people.fit(HOUSEHOLD)
    assert both.people == STAND_INS
    assert both.name is None
    assert both.ring["from"] != alone.ring["from"]
    having = [r["name"] for r in agency.rows if r["numbers"][0]["e164"] == both.ring["from"]]
    assert having == list(STAND_INS)


async def test_without_the_list_nobody_stands_in_for_the_screen_to_show_the_fault() -> None:
    agency = Agency()
    agency.up = False
    assert await agency.people().fit(RENEWAL) == RENEWAL


async def test_a_call_of_nobody_needs_nobody() -> None:
    agency = Agency()
    agency.up = False
    assert await agency.people().fit(UNKNOWN) == UNKNOWN


async def test_a_number_whose_person_was_erased_is_passed_over() -> None:
    agency = Agency()
    agency.refused = 3
    number = await agency.people().newcomer("Ada Demonstration")
    assert agency.rows == [row("Ada Demonstration", number)]
    agency.refused = 1000
    with pytest.raises(Unseen, match="no number is free"):
        await agency.people().newcomer("Ada Demonstration")


def test_numbers_are_reserved_for_fiction_or_in_the_made_up_block_and_nobodys() -> None:
    file = intnet_iq.text()
    for _ in range(300):
        number = fictional(LINE)
        assert number[5:8] == "555"
        assert "0100" <= number[8:] <= "0199"
        assert number[2:5] not in {"202", *(area for area, _ in intnet_iq._AREAS)}
        assert number not in file
        assert is_valid_number(parse(number))
        made_up = fictional("+966500000031")
        assert made_up.startswith("+96650000")
        assert not made_up.startswith("+966500000")
        assert is_valid_number(parse(made_up))
