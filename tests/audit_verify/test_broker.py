"""A trail read from a real broker, as a program of its own would."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.audit_verify.broker import Broker, sealed
from tests.audit_verify.files import Said, write
from tests.audit_verify.maker import Made, Signer, trail

pytestmark = pytest.mark.timeout(120)

OTHERS = Signer("audit.example/t2bbbbbb")


@pytest.fixture
async def broker(kafka_url: str) -> Broker:
    return await Broker(kafka_url).make()


@pytest.fixture
async def verifier(broker: Broker, made: Made, tmp_path: Path) -> "Verifier":
    keys = write(made, tmp_path).keys
    keys.write_text(f"{made.signer.verifier}\n{OTHERS.verifier}\n")
    return Verifier(broker, keys)


class Verifier:
    """The program, told where the broker is."""

    def __init__(self, broker: Broker, keys: Path) -> None:
        self.options = [*broker.options, "--keys", str(keys)]

    async def start(self, command: str, *more: str, tenant: str = "t1aaaaaa") -> Process:
        program = [sys.executable, "-m", "deploy.audit_verify", command]
        told = [*self.options, "--tenant", tenant, *more]
        return await asyncio.create_subprocess_exec(*program, *told, stdout=PIPE, stderr=PIPE)

    async def say(self, command: str, *more: str, tenant: str = "t1aaaaaa") -> Said:
        process = await self.start(command, "--json", *more, tenant=tenant)
        out, err = await process.communicate()
        assert out, err
        said = dict(json.loads(out))
        assert said["code"] == process.returncode
        return said


async def test_a_tenants_trail_among_others(made: Made, broker: Broker, verifier: Verifier) -> None:
    other = Made(OTHERS, tenant="t2bbbbbb")
    for number in range(1, 11):
        other.seal("gateway", number)
    other.checkpoint()
    await broker.publish(other)
    await broker.publish(made)
    await broker.publish(made)  # again, as a relay does that lost an acknowledgement
    said = await verifier.say("verify")
    assert (said["code"], said["entries"], said["newest_checkpoint"]) == (0, 40, 40)
    said = await verifier.say("verify", tenant="t2bbbbbb")
    assert (said["code"], said["entries"]) == (0, 10)
    said = await verifier.say("verify", tenant="t3cccccc")
    assert (said["code"], said["message"]) == (1, "there is no entry of t3cccccc here")


async def test_faults_on_the_topic_are_named(
    made: Made, broker: Broker, verifier: Verifier
) -> None:
    await broker.publish(Made(made.signer, made.entries[:20]))
    await broker.send([(broker.entries, "t1aaaaaa", b"\xff no event")])
    await broker.publish(Made(made.signer, made.entries[20:], made.checkpoints))
    said = await verifier.say("verify")
    assert (said["code"], said["entry"]) == (2, 21)


async def test_two_sealers_are_a_fork(made: Made, broker: Broker, verifier: Verifier) -> None:
    second = Made(made.signer, made.entries[:20])
    second.seal("gateway", second.counted("gateway") + 1, object="msg_other")
    await broker.publish(made)
    await broker.publish(second)
    said = await verifier.say("verify")
    assert (said["code"], said["entry"]) == (4, 21)


async def test_a_topic_or_a_broker_that_is_not_there(broker: Broker, verifier: Verifier) -> None:
    said = await verifier.say("verify", "--topic", "nothing.v1")
    assert (said["code"], "no topic nothing.v1" in said["message"]) == (1, True)
    said = await verifier.say("verify", "--bootstrap", "127.0.0.1:1")
    assert (said["code"], "does not answer" in said["message"]) == (1, True)


async def lines(process: Process) -> AsyncIterator[str]:
    assert process.stdout
    async for line in process.stdout:
        yield line.decode().strip()


async def test_tail_follows_remembers_and_stops_at_a_lie(
    made: Made, broker: Broker, verifier: Verifier, tmp_path: Path
) -> None:
    state = tmp_path / "note.txt"
    await broker.publish(made)
    process = await verifier.start("tail", "--state", str(state), "--watch", "0.2")
    said = lines(process)
    shown = [await anext(said) for _ in range(41)]
    assert [line.split()[0] for line in shown[:40]] == [str(number) for number in range(1, 41)]
    assert shown[40] == "remembered: 40 entries"
    assert state.read_text() == made.checkpoints[-1]["note"]
    grown = Made(made.signer, list(made.entries))
    grown.seal("gateway", made.counted("gateway") + 1)
    grown.checkpoint()
    await broker.publish(Made(made.signer, grown.entries[40:], grown.checkpoints))
    assert [(await anext(said)).split()[0], await anext(said)] == ["41", "remembered: 41 entries"]
    await broker.send([(broker.entries, "t1aaaaaa", sealed(made.entries[3] | {"hash": "0" * 64}))])
    assert (await anext(said)).startswith("altered: entry 4 is not as it was sealed")
    assert await process.wait() == 2


async def test_tail_takes_back_what_a_late_note_makes_untrue(
    made: Made, broker: Broker, verifier: Verifier, tmp_path: Path
) -> None:
    await broker.publish(Made(made.signer, made.entries))
    process = await verifier.start("tail", "--state", str(tmp_path / "n.txt"), "--watch", "0.2")
    said = lines(process)
    for _ in range(40):
        await anext(said)
    for number in (1, 4, 2, 3):
        made.seal("insights", number)
    await broker.publish(Made(made.signer, made.entries[40:42]))
    lost = "notes 2 to 3 were never sealed, and entry 42 is a later one of insights"
    assert [(await anext(said)).split()[0] for _ in range(2)] == ["41", "42"]
    assert await anext(said) == f"source gap: {lost}"
    await broker.publish(Made(made.signer, made.entries[42:43]))
    assert (await anext(said)).split()[0] == "43"
    one = lost.replace("notes 2 to 3 were", "note 3 was")
    assert [await anext(said), await anext(said)] == [f"source gap: {one}", f"no longer so: {lost}"]
    made.checkpoint()
    await broker.publish(Made(made.signer, made.entries[43:], made.checkpoints))
    assert (await anext(said)).split()[0] == "44"
    assert await anext(said) == f"no longer so: {one}"
    assert await anext(said) == "remembered: 44 entries"
    process.terminate()
    await process.wait()


async def test_tail_tells_once_of_numbers_used_again_and_takes_them_never_back(
    made: Made, broker: Broker, verifier: Verifier, tmp_path: Path
) -> None:
    for number in (1, 2, 3, 4, 2):
        made.seal("insights", number)
    await broker.publish(Made(made.signer, made.entries))
    process = await verifier.start("tail", "--state", str(tmp_path / "n.txt"), "--watch", "0.2")
    said = lines(process)
    for _ in range(45):
        await anext(said)
    assert (await anext(said)).startswith(
        "source number used again: note 2 of insights in entry 45 has a number that another"
    )
    for number in (3, 4):  # the same run, which grows
        made.seal("insights", number)
        await broker.publish(Made(made.signer, made.entries[-1:]))
        assert (await anext(said)).split()[0] == str(len(made.entries))
    made.seal("insights", 3)
    made.checkpoint()
    await broker.publish(Made(made.signer, made.entries[-1:], made.checkpoints))
    assert (await anext(said)).split()[0] == "48"
    assert (await anext(said)).startswith(
        "source number used again: note 3 of insights in entry 48 has a number that another"
    )
    assert await anext(said) == "remembered: 48 entries"
    process.terminate()
    await process.wait()


async def test_tail_ends_by_itself_and_refuses_to_go_back(
    made: Made, broker: Broker, verifier: Verifier, tmp_path: Path
) -> None:
    state = tmp_path / "note.txt"
    state.write_text(made.checkpoints[-1]["note"])
    short = Made(made.signer, made.entries[:25])
    short.checkpoint()
    await broker.publish(short)
    process = await verifier.start("tail", "--state", str(state))
    out, _ = await process.communicate()
    assert process.returncode == 6
    assert out.decode().splitlines()[-1].startswith("shorter than a known checkpoint: entries 26")
    assert state.read_text() == made.checkpoints[-1]["note"]


async def test_a_long_trail_that_grows_while_it_is_read(
    broker: Broker, verifier: Verifier, made: Made
) -> None:
    """Checkpoints that come meanwhile must not make it look cut off."""
    long = Made(made.signer)
    long.entries = trail(random.Random(5), 400).entries

    async def publish() -> None:
        for size in range(50, 401, 50):
            lot = Made(made.signer, list(long.entries[:size]))
            lot.checkpoint()
            await broker.publish(Made(made.signer, lot.entries[size - 50 :], lot.checkpoints))

    growing = asyncio.ensure_future(publish())
    while not growing.done():
        said = await verifier.say("verify")
        assert said["code"] in (0, 1), said
    await growing
    assert (await verifier.say("verify"))["entries"] == 400
