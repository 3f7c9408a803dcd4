"""The parts of the local stack that need no server: jars, programs, processes, ports."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.files import Files
from deploy.local.jars import Jar
from deploy.local.kafka import Kafka
from deploy.local.mongod import executable, missing_libraries
from deploy.local.process import Process, free_port, is_free, wait_for
from deploy.local.server import StartError
from deploy.local.services import Services

JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(b"good").hexdigest())


def test_the_committed_lock_is_one_kafka_with_a_log_binding() -> None:
    locked = {f"{jar.group}:{jar.artifact}:{jar.version}" for jar in jars.read_lock()}
    assert {jars.KAFKA, jars.BINDING} <= locked


def test_a_mix_of_kafka_versions_is_refused(tmp_path: Path) -> None:
    mixed = jars.LOCK.read_text().replace(
        'artifact = "kafka-clients"\nversion = "4.1.0"',
        'artifact = "kafka-clients"\nversion = "3.8.0"',
    )
    lock = tmp_path / "kafka.lock.toml"
    lock.write_text(mixed)
    kafka = Kafka(tmp_path)
    kafka.lock = lock
    with pytest.raises(StartError, match=r"must have one version.*kafka-clients 3\.8\.0"):
        kafka.start()


def scripted(contents: list[bytes | Exception]) -> jars.Download:
    """A download that gives these contents, one per call."""

    def download(jar: Jar, cache: Path) -> Path:
        content = contents.pop(0)
        if isinstance(content, Exception):
            raise content
        (cache / "thing.jar").write_bytes(content)
        return cache / "thing.jar"

    return download


def test_a_jar_cut_short_is_fetched_again(tmp_path: Path) -> None:
    path = jars.fetch(JAR, tmp_path, scripted([OSError("reset"), b"good"]))
    assert path.read_bytes() == b"good"
    assert jars.fetch(JAR, tmp_path, scripted([b"go", b"good"])).read_bytes() == b"good"


def test_a_jar_with_another_hash_is_refused_and_removed(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"org\.example:thing:1\.0 has sha256 .* says") as failed:
        jars.fetch(JAR, tmp_path, scripted([b"evil", b"evil"]))
    assert JAR.sha256 in str(failed.value)
    assert hashlib.sha256(b"evil").hexdigest() in str(failed.value)
    assert not (tmp_path / "thing.jar").exists()


def test_a_jar_that_cannot_be_downloaded_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"cannot be downloaded \(no route\)"):
        jars.fetch(JAR, tmp_path, scripted([OSError("no route"), OSError("no route")]))


def test_missing_libraries_are_named() -> None:
    report = "\tlibcurl.so.4 => not found\n\tlibz.so.1 => /lib/libz.so.1 (0x00007f)\n"
    assert missing_libraries(report) == ["libcurl.so.4"]


def test_a_program_that_may_not_be_run_is_copied(tmp_path: Path) -> None:
    locked = tmp_path / "mongod"
    locked.write_text("#!/bin/sh\n")
    locked.chmod(0o644)
    copy = executable(locked, tmp_path / "copies")
    assert copy == tmp_path / "copies" / "mongod"
    assert copy.stat().st_mode & 0o777 == 0o755
    assert executable(copy, tmp_path / "other") == copy


def test_a_process_is_stopped_and_a_stranger_with_its_id_is_not(tmp_path: Path) -> None:
    child = Process.launch(["/bin/sleep", "60"], tmp_path / "log")
    assert child.alive()
    stranger = Process(child.pid, child.started - 3600)
    assert not stranger.alive()
    stranger.kill()
    assert child.alive()
    child.stop()
    assert not child.alive()


def test_a_process_deaf_to_sigterm_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    deaf = "trap '' TERM; echo deaf; while :; do sleep 0.1; done"
    child = Process.launch(["/bin/sh", "-c", deaf], log)
    assert wait_for(lambda: log.exists() and "deaf" in log.read_text(), 10.0)
    child.stop(grace=0.5)
    assert not child.alive()


def test_a_child_that_ended_by_itself_is_not_alive(tmp_path: Path) -> None:
    child = Process.launch(["/bin/sh", "-c", "exit 3"], tmp_path / "log")
    assert wait_for(lambda: not child.alive(), 10.0)


def test_free_ports_are_free_and_not_for_outgoing_connections() -> None:
    port = free_port()
    assert is_free(port)
    assert port < 32_000


def test_no_two_names_have_one_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, another = free_port(), free_port()
    offered = iter([taken, taken, another])
    monkeypatch.setattr("deploy.local.files.free_port", lambda: next(offered))
    files = Files(tmp_path)
    assert files.port("ingest-admin") == taken
    assert files.port("gateway-admin") == another
    assert files.port("ingest-admin") == taken


def test_messaging_knows_the_simulator_before_it_starts(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.prepare()
    services = Services(files, "k", "m", "t")
    told = services._environment("messaging")
    assert told["MESSAGING_TELNYX_URL"] == services.simulator_url
    assert told["MESSAGING_WEBHOOK_URL"] == services.webhook_url
    key = Path(told["MESSAGING_TELNYX_KEY_FILE"])
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    files.prepare()
    assert key.read_text() == before
    assert Services(files, "k", "m", "t").simulator_url == services.simulator_url


WAITING = """
import sys, time
import deploy.local.__main__ as local
def run(_):
    try:
        print("up", flush=True)
        time.sleep(60)
    finally:
        print("stopping", flush=True)
local._COMMANDS["run"] = run
sys.argv = ["deploy.local", "run"]
sys.exit(local.main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_of_a_script_is_stopped_by_either_signal(number: signal.Signals) -> None:
    """A shell that is no person's starts what it does not wait for with SIGINT ignored."""
    begin = "trap '' INT; exec \"$@\""
    command = ["/bin/sh", "-c", begin, "sh", sys.executable, "-c", WAITING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout
        assert job.stdout.readline() == "up\n"
        job.send_signal(number)
        assert job.stdout.read() == "stopping\n"
    assert job.returncode == 130
