"""A copy of the running platform's trail, in the hands of somebody who changes it."""

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import rfc8785

from deploy.local.platform import Platform
from libs.common.auditkeys import AuditKeys
from libs.common.events import AuditCheckpointed, AuditSealed, fact_of
from services.consent.domain.audit.notary import Notary
from tests.support.platform import US, outside_of, until
from tests.support.trails import SOURCES, Trails, read

pytestmark = pytest.mark.timeout(300)

LOT = 30
SIGNED = AuditCheckpointed.TYPE
Line = dict[str, Any]


@dataclass(frozen=True)
class Copy:
    """Entries and checkpoints as the topics hold them, and the tenant's public keys."""

    entries: list[Line]
    checkpoints: list[Line]
    keys: str
    folder: Path

    @property
    def newest(self) -> Line:
        return self.checkpoints[-1]

    def until(self, size: int) -> "Copy":
        """The first entries, and the checkpoints that are about no more."""
        known = [one for one in self.checkpoints if one["size"] <= size]
        return replace(self, entries=self.entries[:size], checkpoints=known)

    def judged(self, *witness: Line) -> Line:
        """What the verifier says of it, with notes that somebody else has kept."""
        options = []
        for name, told in (("entries", self.entries), ("checkpoints", self.checkpoints)):
            file = self.folder / f"{name}.ndjson"
            file.write_text("".join(json.dumps(line) + "\n" for line in told))
            options += [f"--{name}", str(file)]
        keys = self.folder / "keys.txt"
        keys.write_text(self.keys)
        for number, one in enumerate(witness):
            note = self.folder / f"{number}.note"
            note.write_text(one["note"])
            options += ["--witness", str(note)]
        command = [sys.executable, "-m", "deploy.audit_verify", "verify", "--json"]
        done = subprocess.run(
            [*command, "--keys", str(keys), *options], capture_output=True, check=False
        )
        said: Line = json.loads(done.stdout)
        assert said["code"] == done.returncode
        return said


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def copy(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Ends with a checkpoint, and has an earlier one long before; each test changes its own.

    A second consent comes while notes are sealed, and goes again.
    """
    servers, services = platform.servers, platform.services
    async with outside_of(platform) as outside:
        admin = await outside.person(US, "admin")
        keys = (await admin.http.get("/v1/audit/keys")).json()["data"]
    size, trails = 0, Trails(servers.mongo_url)
    for lot in range(2):
        await trails.note("tenant.saved", 1 + lot * LOT, (lot + 1) * LOT)
        (services.stop if lot else services.start)("consent#2")
        least = size + LOT * len(SOURCES)

        async def signed(least: int = least) -> int:
            found = [one for one in await read(servers.kafka_url) if one.type == SIGNED]
            largest = max((fact_of(one, AuditCheckpointed).size for one in found), default=0)
            return largest if largest >= least else 0

        size = await until(signed, 150)
    trails.close()
    told = await read(servers.kafka_url)
    entries = {
        one.sequence: one.model_dump(mode="json")
        for one in (fact_of(it, AuditSealed) for it in told if it.type == AuditSealed.TYPE)
    }
    notes = [fact_of(it, AuditCheckpointed) for it in told if it.type == SIGNED]
    whole = Copy(
        [entries[number] for number in sorted(entries)],
        sorted((one.model_dump(mode="json") for one in notes), key=lambda one: int(one["size"])),
        "".join(f"{one['key']}\n" for one in keys),
        tmp_path_factory.mktemp("copy"),
    )
    return whole.until(size)


def forged(line: Line, **changed: Any) -> Line:
    """An entry in its form and with its hash, which says something else."""
    text = rfc8785.dumps(json.loads(line["entry"]) | changed)
    return line | {"entry": text.decode(), "hash": hashlib.sha256(b"\0" + text).hexdigest()}


async def test_what_was_changed_is_named(copy: Copy) -> None:
    """An entry is altered, left out, exchanged with the next, put in beside the true one."""
    place = len(copy.entries) // 2
    before, here, after = copy.entries[:place], copy.entries[place], copy.entries[place + 1 :]
    altered = here | {"entry": here["entry"].replace("tenant", "tenanx", 1)}
    assert copy.judged()["code"] == 0
    for entries, code in (
        ([*before, altered, *after], 2),
        ([*before, *after], 3),
        ([*before, after[0], here, *after[1:]], 4),
        ([*before, here, forged(here, actor="user:usr_9"), *after], 4),
    ):
        said = replace(copy, entries=entries).judged()
        assert (said["code"], said["entry"]) == (code, here["sequence"]), said


async def test_a_tail_that_was_cut_off_is_shown_by_whoever_kept_a_checkpoint(copy: Copy) -> None:
    short = copy.until(len(copy.entries) - 20)
    said = short.judged(copy.newest)
    assert (said["code"], said["entry"]) == (6, len(short.entries) + 1)
    said = short.judged()
    assert said["code"] == 0
    assert f"ends at {len(short.entries)} is unproven" in said["warnings"][-1]


async def test_two_roots_for_one_size_are_refused_though_the_key_signed_both(
    copy: Copy, platform: Platform
) -> None:
    notary = Notary("audit.localhost", AuditKeys(platform.files.audit_keys))
    size, root = copy.newest["size"], hashlib.sha256(b"another history").digest()
    other = copy.newest | {
        "root": base64.b64encode(root).decode(),
        "note": notary.checkpoint(US, size, root),
    }
    said = replace(copy, checkpoints=[*copy.checkpoints, other]).judged()
    assert (said["code"], said["checkpoint"]) == (7, size)
    said = copy.judged(other)
    assert (said["code"], said["checkpoint"]) == (7, size)
