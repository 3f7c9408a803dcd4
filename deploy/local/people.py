"""Whom the demonstration calls as: people of the demo files, or others where those are gone.

Who looks at the platform may erase, restrict or change the people of the files, and their renewals
pass. Then somebody is put on the list who stands in for them, under a number that is nobody's.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import choice, randrange
from typing import Any

import httpx

from deploy.local.agency import Person
from deploy.local.calls import Expected
from deploy.local.server import Say
from deploy.local.unseen import Unseen
from libs.common import clock

NEAR = timedelta(days=16)
STAND_INS = ("Vera Demonstration", "Viktor Demonstration")

_AREAS = (203, 205, 207, 208, 302, 304, 307, 316, 401, 402, 405, 406, 410, 501, 605, 701, 802)
_PAGE, _PAGES = 200, 10
_TRIES = 20


def fictional(line: str) -> str:
    """A number of the line's country that no person has.

    In North America one of those reserved for fiction (555-0100 to 555-0199), in areas that the
    demo file leaves free; elsewhere made up, as the demo file's are.
    """
    if line.startswith("+1"):
        return f"+1{choice(_AREAS)}555{randrange(100, 200):04d}"  # noqa: S311 - a made-up number
    return f"+96650000{randrange(1000, 10000)}"  # noqa: S311 - a made-up number


class People:
    """One agency's list of customers, as its Admin sees it."""

    def __init__(self, admin: Person, line: str, say: Say) -> None:
        self.admin = admin
        self._line = line
        self._say = say

    async def fit(self, call: Expected) -> Expected:
        """The call, or the same from a stand-in where its people are not as the file has them.

        Where the list cannot be had the call stays as it is: the screen will show what is wrong.
        """
        if not call.people:
            return call
        rows = await self._listed()
        if rows is None or _there(rows, call):
            return call
        names = STAND_INS[: len(call.people)]
        another = replace(call, people=names)
        number = _number(rows, another) or await self._added(rows, names)
        gone = f"{_and(call.people)} cannot be shown here any more (erased, restricted or changed)"
        self._say(f"{call.title}: {gone}: {_and(names)} calls instead, from {number}")
        return replace(another, ring={**call.ring, "from": number})

    async def newcomer(self, name: str) -> str:
        """Puts somebody new on the list; their number. Raises Unseen."""
        return await self._added(await self._listed() or [], [name])

    async def _listed(self) -> list[dict[str, Any]] | None:
        """The customers written last; None where the list is not answered."""
        found: list[dict[str, Any]] = []
        asked: dict[str, Any] = {"limit": _PAGE}
        for _ in range(_PAGES):
            answer = await self.admin.http.get("/v1/customers", params=asked)
            if not answer.is_success:
                return None
            page = answer.json()
            found += page["data"]
            if not page["next_cursor"]:
                break
            asked["cursor"] = page["next_cursor"]
        return found

    async def _added(self, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> str:
        """Adds these people under one number, which nobody has. Raises Unseen."""
        taken = {number["e164"] for row in rows for number in row["numbers"]}
        for _ in range(_TRIES):
            number = fictional(self._line)
            if number not in taken and all([await self._add(number, name) for name in names]):
                return number
        raise Unseen("no number is free for somebody who is new")

    async def _add(self, number: str, name: str) -> bool:
        """Whether a customer was added; not where the number was an erased person's."""
        body = {
            "name": name,
            "numbers": [{"number": number}],
            "status": "active",
            "renewal_on": (_today() + NEAR).isoformat(),
            "lawful_basis": "contract",
        }
        answer = await self.admin.http.post("/v1/customers", json=body)
        if answer.status_code not in (httpx.codes.CREATED, httpx.codes.CONFLICT):
            raise Unseen(f"a customer was answered {answer.status_code}")
        return answer.status_code == httpx.codes.CREATED


def _there(rows: Sequence[dict[str, Any]], call: Expected) -> bool:
    """Whether the call's own number has the call's people, and nobody else."""
    return _number(rows, call, call.ring["from"]) is not None


def _number(
    rows: Sequence[dict[str, Any]], call: Expected, wanted: str | None = None
) -> str | None:
    """A number (the wanted one, if any) that these people have, and nobody else."""
    owners: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for number in row["numbers"]:
            owners.setdefault(number["e164"], []).append(row)
    for number in [wanted] if wanted else owners:
        having = owners.get(number, [])
        names = sorted(str(row["name"]) for row in having)
        if names == sorted(call.people) and all(_usable(row, call) for row in having):
            return number
    return None


def _usable(row: dict[str, Any], call: Expected) -> bool:
    """Whether the screen would show of the person what the call is to show."""
    if row["restricted"]:
        return False
    if "renewal" not in call.signals:
        return True
    day = row["renewal_on"]
    return bool(day) and _today() <= date.fromisoformat(day) <= _today() + 2 * NEAR


def _today() -> date:
    return clock.now().date()


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
