import json

import pytest

from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices, Json

WHY = ("--reason", "the provider's log shows it")


def waiting(number: int) -> Json:
    return {
        "tenant": "agencyaaa",
        "message_id": f"msg_{number}",
        "state": "needs_review",
        "at": "2026-03-01T12:00:00Z",
    }


def test_it_lists_those_that_wait(intnet: Intnet, services: FakeServices) -> None:
    services.reviews = [waiting(2), waiting(1)]
    _, first, second = intnet("sms", "review").stdout.splitlines()
    assert first.split() == ["2026-03-01T12:00:00.000Z", "agencyaaa", "msg_2", "needs_review"]
    assert second.split()[2] == "msg_1"
    assert len(json.loads(intnet("sms", "review", "--json").stdout)) == 2
    who, asked, query = services.asked[0]
    assert (asked, query) == ("GET /operator/v1/reviews", {"limit": "50"})
    assert who.scopes == {"reviews:read", "reviews:write"}


def test_none_is_said(intnet: Intnet, services: FakeServices) -> None:
    assert intnet("sms", "review").stdout == "No message waits for a person.\n"
    assert intnet("sms", "review", "--json").stdout == "[]\n"


@pytest.mark.parametrize(("flag", "outcome"), [("--sent", "sent"), ("--not-sent", "not_sent")])
def test_one_is_settled_with_the_reason(
    intnet: Intnet, services: FakeServices, flag: str, outcome: str
) -> None:
    services.reviews = [waiting(2), waiting(1)]
    done = intnet("sms", "settle", "agencyaaa", "msg_1", flag, *WHY)
    said = outcome.replace("_", " ")
    assert done.stdout == f"msg_1 of agencyaaa is noted as {said}.\n"
    assert services.asked[-1][1:] == (
        "POST /operator/v1/reviews/agencyaaa/msg_1:settle",
        {"outcome": outcome, "reason": WHY[1]},
    )
    assert services.reviews == [waiting(2)]


@pytest.mark.parametrize("words", [("--sent",), WHY, ()])
def test_outcome_and_reason_are_required(
    intnet: Intnet, services: FakeServices, words: tuple[str, ...]
) -> None:
    services.reviews = [waiting(1)]
    assert intnet("sms", "settle", "agencyaaa", "msg_1", *words).exit_code == 2
    assert not services.asked


def test_a_refusal_is_told_in_the_services_words(intnet: Intnet, services: FakeServices) -> None:
    services.always = (404, b'{"detail": "There is no such thing."}')
    done = intnet("sms", "settle", "agencyaaa", "msg_1", "--sent", *WHY)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "intnet: messaging: There is no such thing.\n"


def test_an_id_cannot_change_the_path(intnet: Intnet, services: FakeServices) -> None:
    services.always = (404, b'{"detail": "There is no such message."}')
    intnet("sms", "settle", "agencyaaa", "../other/msg_1", "--sent", *WHY)
    assert services.asked[-1][1].startswith("POST /operator/v1/reviews/agencyaaa/..%2Fother%2Fmsg")


def test_no_answer_is_an_answer(intnet: Intnet, services: FakeServices) -> None:
    services.always = (202, b"null")
    assert intnet("sms", "settle", "agencyaaa", "msg_1", "--sent", *WHY).exit_code == 0
