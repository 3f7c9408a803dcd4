"""Somebody lives at an agency and leaves it: what they do, where traces of them are, the proof."""

import asyncio
import hashlib
import sys
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import rfc8785
from pymongo import MongoClient

from deploy.local.agency import Person
from deploy.local.platform import Platform
from deploy.local.services import NAMES
from deploy.scan.places import Databases, blocks, files
from tests.support.canary import Canary
from tests.support.office import Office, send, state_of
from tests.support.platform import SA, US, until

CODED = ("matcher.erased", "consent.suppressions")


async def live(office: Office, admin: Person, who: Canary) -> str:
    """They are imported, call, text and are answered; gives the call once it is over."""
    await admin.upload(f"id,name,phone\n{who.words[0]},{who.name},{who.number}\n".encode())
    session = await office.call(US, who.number, caller_name=who.name.upper())
    await office.text(US, who.number, f"{who.name} ({who.number}) says {who.words[0]}")
    sent = await send(admin, who.number, "service", f"{who.name}: {who.words[1]}")
    assert sent.status_code == 202, sent.text
    await state_of(admin, sent.json()["id"], "delivered")

    async def over() -> bool:
        answer = await admin.http.get(f"/v1/calls/{session}")
        return answer.is_success and answer.json()["ended_at"] is not None

    await until(over)
    return session


async def readable(admin: Person, who: Canary, session: str) -> set[str]:
    """At which of the agency's doors they can be read."""
    customers = await admin.http.get("/v1/customers", params={"limit": 200})
    texts = await admin.http.post("/v1/conversations:find", json={"number": who.number})
    call = await admin.http.get(f"/v1/calls/{session}")
    assert customers.is_success
    there = {
        "customers": bool(who.forms(customers.content)),
        "conversations": texts.status_code != 404,
        "calls": call.status_code != 404,
    }
    return {door for door, so in there.items() if so}


async def card_of(admin: Person, session: str) -> dict[str, Any]:
    """The call's card as the agency reads it."""
    answer = await admin.http.get("/v1/insights", params={"call_id": session})
    answer.raise_for_status()
    (card,) = answer.json()["data"]
    found: dict[str, Any] = card
    return found


async def is_nowhere(platform: Platform, who: Canary) -> bool:
    """Whether nothing of them is left in any store."""
    return in_stores(platform, who) == {}


def in_stores(platform: Platform, who: Canary, *entities: str) -> dict[str, set[str]]:
    """In which collections of the agency's and of all they are, and in which forms.

    Only those of these entities, where any are named.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    with Databases(platform.servers.mongo_url) as databases:
        for database, name in databases.collections(US):
            if not entities or name.partition("__")[0] in entities:
                for document in databases.documents(database, name):
                    found[f"{database}.{name}"].update(who.forms(document))
    assert found, "nothing was read"
    return {place: forms for place, forms in found.items() if forms}


def in_logs(platform: Platform, who: Canary) -> dict[str, set[str]]:
    """In which logs, of the servers too, and in ingest's spool; but not in the provider's own."""
    folders = (platform.files.log("ingest").parent, platform.files.spool())
    written = [path for folder in folders for path in files(folder) if path.stem != "simulator"]
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in (*written, *(server.log for server in platform.servers.started)):
        for block in blocks(path):
            found[path.name].update(who.forms(block))
    assert found.keys() >= {f"{name}.log" for name in NAMES}
    return {place: forms for place, forms in found.items() if forms}


class Codes:
    """Ids of documents in collections that hold no more than a code, since this was made."""

    def __init__(self, platform: Platform) -> None:
        self._url = platform.servers.mongo_url
        self._before = {
            (place, tenant): self._ids(place, tenant) for place in CODED for tenant in (US, SA)
        }

    def new(self, place: str, tenant: str) -> set[str]:
        """Those that came since."""
        return self._ids(place, tenant) - self._before[place, tenant]

    def _ids(self, place: str, tenant: str) -> set[str]:
        database, _, name = place.partition(".")
        with MongoClient[dict[str, Any]](self._url) as client:
            return set(client[database][f"{name}__{tenant}"].distinct("_id"))


async def upload(admin: Person, content: bytes, **attested: str) -> dict[str, Any]:
    """Imports a file on a basis that is said."""
    said = {"source": "our CRM", "lawful_basis": "contract", **attested}
    headers = {"Content-Type": "text/csv"}
    answer = await admin.http.post("/v1/imports", params=said, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def sealed(office: Office, admin: Person, erasure: str) -> dict[str, Any]:
    """The entry of the trail that says the erasure is done, once a checkpoint covers it."""
    query = {"action": "erasure.completed"}

    async def entry() -> dict[str, Any] | None:
        page = (await admin.http.get("/v1/audit", params=query)).json()["data"]
        return next((one for one in page if one["object"] == erasure), None)

    found: dict[str, Any] = await until(entry)
    office.move(timedelta(seconds=61))

    async def signed() -> bool:
        page = (await admin.http.get("/v1/audit/checkpoints", params={"limit": 1})).json()
        return bool(page["data"] and page["data"][0]["size"] >= found["sequence"])

    await until(signed)
    return found


async def verified_offline(admin: Person, folder: Path) -> str:
    """What the verifier says of the trail, with nothing but two files: it finds no fault."""
    bundle, keys = folder / "trail.zip", folder / "keys.txt"
    bundle.write_bytes((await admin.http.get("/v1/audit/bundle")).content)
    known = (await admin.http.get("/v1/audit/keys")).json()["data"]
    keys.write_text("".join(f"{one['key']}\n" for one in known))
    given = ("verify", "--bundle", str(bundle), "--keys", str(keys))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.audit_verify", *given),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


def digest(certificate: dict[str, Any]) -> str:
    """SHA-256 of the canonical form (RFC 8785), by a library that is not ours."""
    return hashlib.sha256(rfc8785.dumps(certificate)).hexdigest()
