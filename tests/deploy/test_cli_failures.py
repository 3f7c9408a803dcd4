import json
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.process import free_port
from libs.common import clock
from libs.common.principal import generate
from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices, problem

LIST = ("tenant", "list")


def test_nobody_at_the_address_is_3(
    intnet: Intnet, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTNET_GATEWAY_URL", f"http://127.0.0.1:{free_port()}")
    done = intnet(*LIST)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == "intnet: gateway cannot be reached (ConnectError).\n"


def test_a_service_that_is_not_ready_is_3(intnet: Intnet, services: FakeServices) -> None:
    services.always = 503, json.dumps(problem(503, "The store does not answer.")).encode()
    done = intnet(*LIST)
    assert (done.exit_code, done.stderr) == (3, "intnet: gateway: The store does not answer.\n")


def test_a_refusal_is_1_with_every_fault(intnet: Intnet, services: FakeServices) -> None:
    faults = [{"pointer": "#/email", "detail": "give an e-mail address"}]
    refusal = problem(422, "Part cannot be used.", errors=faults)
    services.always = 422, json.dumps(refusal).encode()
    done = intnet("admin", "invite", "amal", "--tenant", "acme0001")
    assert done.exit_code == 1
    assert done.stderr == (
        "intnet: gateway: Part cannot be used. #/email: give an e-mail address\n"
    )


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"detail": 4}'])
def test_a_refusal_without_a_sentence_gets_one(
    intnet: Intnet, services: FakeServices, content: bytes
) -> None:
    services.always = 418, content
    done = intnet(*LIST)
    assert done.exit_code == 1
    assert done.stderr == "intnet: gateway: it answers 418 without saying why.\n"


@pytest.mark.parametrize("content", [b"", b"{}", b'{"data": [{}]}'])
def test_an_answer_of_another_shape_is_1(
    intnet: Intnet, services: FakeServices, content: bytes
) -> None:
    services.always = 200, content
    assert intnet(*LIST).exit_code == 1


def test_a_key_that_the_services_do_not_know_is_1(
    intnet: Intnet, services: FakeServices, room: Path
) -> None:
    generate("operator", room / "operator.json", room / "elsewhere.json")
    done = intnet(*LIST)
    assert done.exit_code == 1
    assert done.stderr == "intnet: gateway: The credentials are not valid.\n"


def test_tokens_keep_the_time_of_the_stack(
    intnet: Intnet, services: FakeServices, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room / "clock").write_text("86400")
    monkeypatch.setenv("CLOCK_FILE", str(room / "clock"))
    assert intnet(*LIST).exit_code == 0
    assert clock.offset() == timedelta(days=1)


def test_wrong_usage_is_2(intnet: Intnet) -> None:
    for words in ((), ("tenant",), ("tenant", "make"), ("tenant", "create"), ("number", "assign")):
        done = intnet(*words)
        assert done.exit_code == 2, words
        assert "Traceback" not in done.output


def test_a_missing_setting_is_2_and_named(
    intnet: Intnet, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, variable in (
        (LIST, "INTNET_GATEWAY_URL"),
        (("quarantine", "list"), "INTNET_INGEST_URL"),
        (("topics", "check"), "KAFKA_URL"),
    ):
        done = intnet(*words)
        assert done.exit_code == 2
        assert done.stderr.startswith(f"intnet: Set {variable} in the environment")


def test_an_unusable_setting_is_2_and_not_repeated(
    intnet: Intnet, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTNET_GATEWAY_URL", "user:secret@gateway")
    done = intnet(*LIST)
    assert done.exit_code == 2
    assert "INTNET_GATEWAY_URL" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_an_unusable_operator_key_is_2(
    intnet: Intnet, services: FakeServices, room: Path, content: bytes | None
) -> None:
    (room / "operator.json").unlink()
    if content is not None:
        (room / "operator.json").write_bytes(content)
    done = intnet(*LIST)
    assert done.exit_code == 2
    assert "operator.json" in done.stderr
    assert not services.asked


def test_a_damaged_key_file_is_2(intnet: Intnet, services: FakeServices, room: Path) -> None:
    (room / "keys.json").write_text("{")
    done = intnet("tenant", "create", "--name", "Acme", "--profile", "intnet-iq")
    assert done.exit_code == 2
    assert "keys.json is damaged" in done.stderr
    assert not services.tenants


def test_help_tells_the_exit_codes(intnet: Intnet) -> None:
    told = intnet("--help").stdout
    for code in ("0  done", "1  refused", "2  wrong usage", "3  a service cannot be reached"):
        assert code in told
