"""A person is found in every spelling and encoding, and a stranger nowhere."""

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from deploy.cli import privacy
from deploy.local.cache import ROOT
from deploy.local.process import free_port
from deploy.scan.crowd import Crowd
from deploy.scan.passing import PASSING, apart
from deploy.scan.places import blocks
from deploy.scan.scan import Found
from deploy.scan.traces import Traces
from deploy.schemas.kinds import kinds
from deploy.schemas.texts import of_event
from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices

NUMBER, NATIONAL = "+966501234567", "501234567"
STRANGER = Traces("+966509999999", "509999999")
PERSON = Traces(NUMBER, NATIONAL)

FORMS = {
    "E.164": b'{"n": "+966501234567"}',
    "digits": b"to=966501234567&x=1",
    "percent": b"to=%2B966501234567",
    "percent before": b"x%20966501234567",
    "national": b"call 0501234567 now",
    "bare": b"501234567",
    "00": b"00966501234567",
    "spaced": b"+966 50 123 4567",
    "dashed": b"050-123-4567",
    "brackets": b"+966 (0)50 123.45.67",
    "arabic": "٠٥٠١٢٣٤٥٦٧".encode(),
    "persian": "+۹۶۶۵۰۱۲۳۴۵۶۷".encode(),
    "escaped": json.dumps({"n": "٠٥٠١٢٣٤٥٦٧"}).encode(),
    "base64": base64.b64encode(b'{"from": "+966501234567"}'),
    "base64 within": b"x" + base64.b64encode(b"..+966501234567") + b"y",
    "base64 url": base64.urlsafe_b64encode("٠٥٠١٢٣٤٥٦٧".encode()),
    "base64 twice": base64.b64encode(base64.b64encode(b"n +966501234567")),
    "hex": b"+966501234567".hex().encode(),
    "hex upper": b"=+966501234567".hex().upper().encode(),
    "utf-16": "n +966501234567".encode("utf-16-le"),
    "utf-16 big": "n +966501234567".encode("utf-16-be"),
    "md5": hashlib.md5(b"+966501234567", usedforsecurity=False).hexdigest().encode(),
    "sha1 upper": hashlib.sha1(b"0501234567", usedforsecurity=False).hexdigest().upper().encode(),
    "sha256": hashlib.sha256(b"966501234567").hexdigest().encode(),
    "sha256 raw": hashlib.sha256(b"00966501234567").digest(),
    "sha256 base64": base64.b64encode(hashlib.sha256(b"501234567").digest()),
    "integer": (966501234567).to_bytes(8, "little"),
}

OTHERS = {
    "longer": b"1501234567890",
    "nanoseconds": b'"start": 1795012345670000000',
    "apart": b"50123 x 4567",
    "keyed": hashlib.sha256(b"key" + NUMBER.encode()).hexdigest().encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found(form: str) -> None:
    assert PERSON.count(FORMS[form]) > 0
    assert PERSON.count(b'{"a": "' + FORMS[form] + b'", "b": 1}') > 0


@pytest.mark.parametrize("form", FORMS)
def test_a_stranger_is_not_found(form: str) -> None:
    assert STRANGER.count(FORMS[form]) == 0


@pytest.mark.parametrize("other", OTHERS)
def test_what_only_looks_alike_is_passed_over(other: str) -> None:
    assert PERSON.count(OTHERS[other]) == 0


@pytest.mark.parametrize("form", FORMS)
def test_in_a_crowd_every_form_is_found_of_its_own(form: str) -> None:
    assert Crowd([STRANGER, PERSON]).among(FORMS[form]) == {NUMBER}


@pytest.mark.parametrize("other", OTHERS)
def test_in_a_crowd_nobody_is_found_in_what_looks_alike(other: str) -> None:
    assert Crowd([PERSON, STRANGER]).among(OTHERS[other]) == set()


def test_nothing_is_lost_where_a_file_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "long"
    file.write_bytes(b"x" * ((1 << 20) - 6) + FORMS["E.164"] + b"x" * (1 << 20))
    assert sum(PERSON.count(block) for block in blocks(file)) == 1


pytestmark = pytest.mark.timeout(120)


class Ground:
    """A MongoDB, a Kafka and a folder of logs in which to plant."""

    def __init__(self, mongo: str, kafka: str, logs: Path) -> None:
        self.mongo, self.kafka, self.logs = mongo, kafka, logs
        self.name = f"scan{uuid4().hex[:8]}"

    async def topic(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        await admin.create_topics([NewTopic(self.name, 2, 1)])
        await admin.close()

    async def record(self, **parts: bytes) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka)
        await producer.start()
        headers = [("x", parts["header"])] if "header" in parts else []
        value, key = parts.get("value"), parts.get("key")
        await producer.send_and_wait(self.name, value=value, key=key, headers=headers)
        await producer.stop()


@pytest.fixture
def ground(room: Path, mongo_url: str, kafka_url: str, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setenv("MONGO_URL", mongo_url)
    monkeypatch.setenv("KAFKA_URL", kafka_url)
    (room / "logs").mkdir()
    return Ground(mongo_url, kafka_url, room / "logs")


@pytest.mark.integration
async def test_a_scan_finds_what_was_planted_and_says_where_without_the_number(
    ground: Ground, intnet: Intnet, services: FakeServices
) -> None:
    own = f"+96650{uuid4().int % 10**7:07d}"  # nobody else's in servers that tests share
    tenant = f"scan{uuid4().hex[:12]}"
    words = ("privacy", "scan", "--number", own, "--logs", str(ground.logs), "--json")
    clean = await asyncio.to_thread(intnet, *words)
    assert (clean.exit_code, json.loads(clean.stdout)["found"]) == (0, {})
    assert json.loads(clean.stdout)["unread"] == {}
    encoded = base64.b64encode(b'{"party": "%s"}' % own.encode())
    log = ground.logs / "deep" / "a.log"
    log.parent.mkdir()
    log.write_bytes(b"fine\nodd %s\n" % own.encode().hex().encode())
    await ground.topic()
    with MongoClient[dict[str, object]](ground.mongo) as client:
        rows = client[ground.name][f"things__{tenant}"]
        rows.insert_many([{"deep": [{"number": own}]}, {"raw": own.encode()}, {"n": 1}])
        await ground.record(value=b'{"data": {"sealed": "%s"}}' % encoded)
        await ground.record(value=b"fine", header=own.encode())
        await ground.record(value=b"fine", key=f"{tenant}:fine".encode())
        services.tenants[tenant] = {}
        found = await asyncio.to_thread(intnet, *words)
        others = await asyncio.to_thread(intnet, *words, "--tenant", "tenant0002")
        client.drop_database(ground.name)
    assert found.exit_code == 1
    assert json.loads(found.stdout)["found"] == {
        f"file {log}": 1,
        f"kafka {ground.name}": 2,
        f"mongo {ground.name}.things__{tenant}": 2,
    }
    assert (json.loads(found.stdout)["passing"], json.loads(found.stdout)["elsewhere"]) == (0, 5)
    assert own.removeprefix("+966") not in found.stdout + found.stderr
    assert f"mongo {ground.name}.things__{tenant}" not in json.loads(others.stdout)["found"]
    assert json.loads(found.stdout)["noted"] == ["platform", tenant]
    assert json.loads(others.stdout)["noted"] == ["tenant0002"]
    (who, asked, _), (_, _, whole), (_, _, one) = services.asked
    assert (who.user, who.scopes) == ("operator", frozenset({"scans:write"}))
    assert asked == "POST /operator/v1/scans"
    assert (whole["number"], whole["whole"]["found"], whole["whole"]["unread"]) == (own, 5, 0)
    assert whole["whole"]["read"] == json.loads(found.stdout)["read"]
    # Its documents, and its record, in which nothing is.
    share = {"tenant": tenant, "places": 2, "read": 4, "found": 2}
    assert whole["shares"] == [share]
    assert (one["tenant"], one["whole"]["found"], one["shares"]) == ("tenant0002", 3, [])


@pytest.mark.integration
async def test_a_scan_that_is_not_on_record_tells_what_it_found_and_that_it_is_not(
    ground: Ground, intnet: Intnet, services: FakeServices
) -> None:
    own = f"+96650{uuid4().int % 10**7:07d}"
    (ground.logs / "a.log").write_text(own)
    words = ("privacy", "scan", "--number", own, "--logs", str(ground.logs))
    services.always = (503, b'{"detail": "The service is starting: ask again."}')
    done = await asyncio.to_thread(intnet, *words)
    assert done.exit_code == 3
    assert f"file {ground.logs / 'a.log'}" in done.stdout
    assert "On the audit record of nobody." in done.stdout
    assert "not on record: consent: The service is starting: ask again." in done.stderr
    services.always = None
    assert (await asyncio.to_thread(intnet, *words)).exit_code == 1


def test_what_cannot_be_read_is_no_all_clear(
    room: Path, intnet: Intnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGO_URL", f"mongodb://127.0.0.1:{free_port()}")
    monkeypatch.setenv("KAFKA_URL", f"127.0.0.1:{free_port()}")
    done = intnet("privacy", "scan", "--number", NUMBER, "--logs", str(room / "none"))
    assert done.exit_code == 2
    for place in ("mongo", "kafka", f"file {room / 'none'}"):
        assert f"{place} " in done.stdout
    assert done.stdout.count("not read") == 3
    assert "On the audit record of nobody." in done.stdout
    assert "intnet: this scan is not on record: Set INTNET_CONSENT_URL" in done.stderr


def test_what_topics_keep_for_some_days_is_told_apart() -> None:
    there = {"kafka calls.v1": 3, "kafka messages.v1": 1, "kafka matches.v1": 7, "mongo x.y": 2}
    assert apart(there) == (4, 9)
    assert apart({}) == (0, 0)


def test_the_topics_told_apart_are_those_that_declare_a_number_in_the_clear() -> None:
    carrying = {
        f"kafka {kind.TOPIC}"
        for kind in kinds()
        for text in of_event(kind)
        if text.mark and (text.mark.category, text.mark.form) == ("contact", "plain")
    }
    assert dict.fromkeys(carrying, 8) == PASSING


def test_what_the_counts_mean_is_said_where_something_was_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = Found()
    found.note("kafka calls.v1", 3)
    found.note("mongo matcher.customers__tenant0001", 2)
    privacy._show(found, ["platform"], as_json=False)
    told = capsys.readouterr().out
    assert "3 in calls.v1 and messages.v1, which forget by themselves within 8 days" in told
    assert "2 elsewhere: after an erasure there must be none." in told
    privacy._show(Found(), ["platform"], as_json=False)
    assert "erasure" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("there", "code"),
    [
        ({}, 0),
        ({"kafka calls.v1": 3}, 4),
        ({"kafka calls.v1": 3, "mongo x.y": 1}, 1),
        ({"kafka matches.v1": 1}, 1),
    ],
)
def test_what_is_only_in_topics_that_forget_has_a_code_of_its_own(
    there: dict[str, int], code: int
) -> None:
    found = Found()
    for place, count in there.items():
        found.note(place, count)
    assert privacy._code(found, ["platform"]) == code
    assert privacy._code(found, []) == 3
    found.unread["mongo"] = "away"
    assert privacy._code(found, []) == 2


def test_the_codes_are_told_alike_wherever_they_are_told(intnet: Intnet) -> None:
    own = " ".join(intnet("privacy", "scan", "--help").stdout.split())
    told = {
        2: "something could not be read, so nobody can tell",
        3: "all was read, but the scan is not on record",
        1: "the number is somewhere that does not forget it by itself",
        4: "it is only in topics that do, within days",
        0: "it is nowhere",
    }
    for code, meaning in told.items():
        assert f"{code} {meaning}" in own
    page = " ".join((ROOT / "docs" / "privacy.md").read_text().split())
    for code, meaning in told.items():
        assert f"{code} where {meaning}" in page
    assert "`privacy scan` tells by its code what it found" in intnet("--help").stdout


def test_a_number_that_is_none_is_refused(room: Path, intnet: Intnet) -> None:
    assert intnet("privacy", "scan", "--number", "12").exit_code == 2
