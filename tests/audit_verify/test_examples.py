"""What docs/audit-verifying.md gives to readers works on a real broker."""

import asyncio
import json
import re
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from deploy.audit_verify.commands import COMMANDS
from deploy.audit_verify.findings import Code
from tests.audit_verify.broker import Broker, sealed
from tests.audit_verify.maker import Made
from tests.audit_verify.maker import sealed as sealed_anew

pytestmark = pytest.mark.timeout(120)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "audit-verifying.md").read_text()
CONSUMER = DOCS / "examples" / "audit_consumer.py"


@pytest.fixture
async def broker(kafka_url: str) -> Broker:
    return await Broker(kafka_url).make()


async def consumer(broker: Broker) -> Process:
    program = [sys.executable, str(CONSUMER), broker.url, "t1aaaaaa", broker.entries]
    return await asyncio.create_subprocess_exec(*program, stdout=PIPE, stderr=PIPE)


async def shown(process: Process, count: int) -> list[str]:
    assert process.stdout
    return [(await process.stdout.readline()).decode().split()[0] for _ in range(count)]


async def test_the_consumer_prints_each_entry_once(made: Made, broker: Broker) -> None:
    other = Made(made.signer, tenant="t2bbbbbb")
    other.seal("gateway", 1)
    await broker.publish(other)
    await broker.publish(Made(made.signer, made.entries[:30]))
    await broker.publish(Made(made.signer, made.entries[20:]))
    process = await consumer(broker)
    assert await shown(process, 40) == [str(number) for number in range(1, 41)]
    process.terminate()
    await process.communicate()


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("altered", "entry 17 is not the text that was hashed"),
        ("dropped", "entry 17 is due, and here is 18"),
        ("foreign", "entry 1 belongs to another tenant"),
        ("replaced", "entry 18 does not follow the one before it"),
    ],
)
async def test_the_consumer_stops_at_a_lie(made: Made, broker: Broker, lie: str, said: str) -> None:
    if lie == "altered":
        made.entries[16]["entry"] = made.entries[16]["entry"].replace("done", "gone")
    if lie == "dropped":
        del made.entries[16]
    if lie == "foreign":
        made = Made(made.signer, tenant="t2bbbbbb")
        made.seal("gateway", 1)
    if lie == "replaced":
        made.entries[16] = sealed_anew(made.fields(17) | {"outcome": "refused"})
    await broker.send([(broker.entries, "t1aaaaaa", sealed(line)) for line in made.entries])
    process = await consumer(broker)
    _, error = await process.communicate()
    assert (process.returncode, error.decode().strip()) == (1, said)


def test_the_consumer_is_as_short_as_the_page_says() -> None:
    assert "forty lines" in PAGE
    assert len(CONSUMER.read_text().splitlines()) <= 45


def test_the_page_has_every_command_and_every_code() -> None:
    assert {name for name in COMMANDS if f"`{name}" in PAGE or f" {name} " in PAGE} == set(COMMANDS)
    rows = dict(re.findall(r"^\| (\d) \| ([^|]+?) \|", PAGE, re.MULTILINE))
    assert rows == {str(int(code)): code.words for code in Code}


@pytest.mark.skipif(not shutil.which("kcat"), reason="kcat is not installed")
async def test_the_kcat_line_copies_a_trail(made: Made, broker: Broker, tmp_path: Path) -> None:
    await broker.publish(made)
    (line,) = re.findall(r"`(kcat .*)`", PAGE)
    command = line.replace("BROKER:9092", broker.url).replace("audit.v1", broker.entries)
    process = await asyncio.create_subprocess_shell(command.partition(">")[0], stdout=PIPE)
    out, _ = await process.communicate()
    copied = [json.loads(record)["data"]["sequence"] for record in out.splitlines()]
    assert copied == list(range(1, 41))
