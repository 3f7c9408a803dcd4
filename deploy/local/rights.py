"""Rights, seen from outside: a person is handed everything, erased, and it can be shown.

A new customer rings, asks for all that is kept, and then to be erased; the next call finds
nobody. The agency's trail is checked by a program that shares no code with the platform, and a
copy in which one letter was changed is refused.
"""

import asyncio
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from deploy.local.agency import Person, Stream
from deploy.local.people import People
from deploy.local.server import Say
from deploy.local.unseen import Unseen
from libs.common.bus.guard import HEARD

LIMIT = 30.0
RING_LIMIT = 5.0
NAME = "Ada Demonstration"
_ALTERED = 2
_ENTRIES = "entries.ndjson"


class Rights:
    """A customer who asks, and an Admin of the agency who sees to it."""

    def __init__(self, stack: dict[str, Any], tenant: str, people: People, say: Say) -> None:
        self._stack = stack
        self._demo = stack["tenants"][tenant]
        self._people = people
        self._say = say
        self._number = ""
        self._ordered_at = 0.0

    async def run(self, stream: Stream, outside: httpx.AsyncClient) -> None:
        """Raises Unseen at the first step that fails."""
        self._number = await self._people.newcomer(NAME)
        _must(await self._calls(stream, outside) == "matched", "the new customer was not known")
        admin = self._people.admin
        await self._handed_over(admin)
        await self._erased(admin)
        # A call that rings sooner after the order gets no match at all, by design.
        await asyncio.sleep(self._ordered_at + HEARD.total_seconds() - monotonic())
        _must(await self._calls(stream, outside) == "unknown", "who was erased is still known")
        self._say("the next call of the same number: unknown")
        await self._proved(admin)

    async def _calls(self, stream: Stream, outside: httpx.AsyncClient) -> str:
        """What the screen says of a call from the number."""
        simulator = self._stack["simulator"]["url"]
        order = {
            "from": self._number,
            "to": self._demo["number"],
            "connection_id": self._demo["connection"],
        }
        session = (await outside.post(f"{simulator}/calls", json=order)).json()["session_id"]
        try:
            _, event = await stream.expect(
                "call.matched", lambda event: event["data"]["session_id"] == session, RING_LIMIT
            )
        except TimeoutError:
            raise Unseen("rights: a call was not matched") from None
        for step in ("answer", "hangup"):
            await outside.post(f"{simulator}/calls/{session}/{step}", json={})
        return str(event["data"]["outcome"])

    async def _handed_over(self, admin: Person) -> None:
        began = monotonic()
        request = await self._asked(admin, "access", "ready")
        answer = await admin.http.get(f"/v1/privacy/requests/{request}/package")
        _must(answer.is_success, f"the package was answered {answer.status_code}")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            files = package.namelist()
            _must(NAME in package.read("data.json").decode(), "the package lacks the person's name")
        self._say(f"access: {len(files)} files handed over after {monotonic() - began:.1f} s")

    async def _erased(self, admin: Person) -> None:
        began = monotonic()
        request = await self._asked(admin, "erasure", "completed")
        proof = (await admin.http.get(f"/v1/privacy/requests/{request}/certificate")).json()
        self._say(
            f"erasure: completed after {monotonic() - began:.1f} s; "
            f"certificate SHA-256 {proof['sha256'][:16]}…"
        )

    async def _asked(self, admin: Person, kind: str, until: str) -> str:
        """Opens a request, answers for who asks, and waits until it has come so far."""
        body = {"kind": kind, "number": self._number, "channel": "agent"}
        answer = await admin.http.post("/v1/privacy/requests", json=body)
        _must(answer.status_code == httpx.codes.CREATED, f"{kind} was answered {answer.text}")
        place = f"/v1/privacy/requests/{answer.json()['id']}"
        known = {"how": "called_back", "reason": "The number was called back."}
        (await admin.http.post(f"{place}:attest", json=known)).raise_for_status()
        ends, ordered = monotonic() + LIMIT, False
        while (found := (await admin.http.get(place)).json())["status"] != until:
            if found["erasure"] and not ordered:
                ordered, self._ordered_at = True, monotonic()
            waits = f"{found['status']}, awaiting {', '.join(found['awaiting'] or ['nobody'])}"
            _must(monotonic() < ends, f"{kind} is still {waits} after {LIMIT:.0f} s")
            await asyncio.sleep(0.25)
        return str(found["id"])

    async def _proved(self, admin: Person) -> None:
        bundle = (await admin.http.get("/v1/audit/bundle")).raise_for_status().content
        with tempfile.TemporaryDirectory() as folder:
            whole, altered = Path(folder, "trail.zip"), Path(folder, "altered.zip")
            whole.write_bytes(bundle)
            altered.write_bytes(_altered(bundle))
            said = await asyncio.to_thread(_verified, whole)
            _must(said.returncode == 0, f"the trail was refused: {said.stdout}{said.stderr}")
            self._say(f"the trail: {said.stdout.splitlines()[0]}")
            said = await asyncio.to_thread(_verified, altered)
            _must(said.returncode == _ALTERED, f"the altered trail ended with {said.returncode}")
            self._say(f"a copy with one word changed: {said.stdout.splitlines()[0]}")


def _altered(bundle: bytes) -> bytes:
    """The bundle with another actor in its first entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as whole, zipfile.ZipFile(out, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            if name == _ENTRIES:
                first, *rest = content.decode().splitlines()
                sealed = json.loads(first)
                sealed["entry"] = sealed["entry"].replace('"actor":"', '"actor":"x', 1)
                content = "\n".join([json.dumps(sealed), *rest, ""]).encode()
            copy.writestr(name, content)
    return out.getvalue()


def _verified(bundle: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.audit_verify", "verify", "--bundle", str(bundle)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unseen(f"rights: {otherwise}")
