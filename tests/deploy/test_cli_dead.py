import json

import pytest

from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices, Json

WHY = ("--reason", "the handler is mended")


def dead(offset: int, reason: str = "ValueError: 5 tries") -> Json:
    return {
        "place": f"calls.v1/0/{offset}",
        "tenant": "agencyaaa" if offset else None,
        "type": "call.started" if offset else None,
        "reason": reason,
        "attempts": 5,
        "at": "2026-03-01T12:00:00Z",
        "state": "parked",
    }


def settled(services: FakeServices) -> list[str]:
    return [one["place"] for one in services.dead if one["state"] == "settled"]


def test_it_lists_places_and_reasons(intnet: Intnet, services: FakeServices) -> None:
    services.dead = [dead(1), dead(0)]
    _, first, second = intnet("dead", "list", "matcher").stdout.splitlines()
    assert first.split()[1:4] == ["calls.v1/0/1", "agencyaaa", "call.started"]
    assert second.split()[1:4] == ["calls.v1/0/0", "-", "-"]
    assert len(json.loads(intnet("dead", "list", "matcher", "--json").stdout)) == 2
    assert services.asked[0][2] == {"limit": "50", "state": "parked"}


def test_none_is_said(intnet: Intnet, services: FakeServices) -> None:
    assert intnet("dead", "list", "matcher").stdout == "matcher has none that is parked.\n"


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_without_yes_nothing_is_done(intnet: Intnet, services: FakeServices, verb: str) -> None:
    services.dead = [dead(1)]
    done = intnet("dead", verb, "matcher", "calls.v1/0/1", *WHY)
    assert f"1 to {verb}; nothing is done without --yes." in done.stdout
    assert settled(services) == []


def test_a_reason_is_required(intnet: Intnet, services: FakeServices) -> None:
    services.dead = [dead(1)]
    assert intnet("dead", "replay", "matcher", "calls.v1/0/1", "--yes").exit_code == 2
    assert settled(services) == []


def test_those_named_are_settled_with_the_reason(intnet: Intnet, services: FakeServices) -> None:
    services.dead = [dead(1), dead(2)]
    done = intnet("dead", "discard", "matcher", "calls.v1/0/2", "--yes", *WHY)
    assert done.stdout == "discard: 1 done, 0 refused.\n"
    assert settled(services) == ["calls.v1/0/2"]
    assert services.asked[-1][2] == {"reason": WHY[1]}


def test_those_alike_are_settled_the_oldest_first(intnet: Intnet, services: FakeServices) -> None:
    services.dead = [dead(9), dead(8, "no CloudEvent: unusable body"), dead(7)]
    done = intnet("dead", "replay", "matcher", "--like", "ValueError", "--yes", *WHY)
    assert done.stdout == "replay: 2 done, 0 refused.\n"
    paths = [path.rpartition("calls.v1")[2] for _, path, _ in services.asked[1:]]
    assert paths == ["/0/7/replay", "/0/9/replay"]


def test_one_that_still_fails_does_not_stop_the_others(
    intnet: Intnet, services: FakeServices
) -> None:
    services.dead = [dead(3), dead(2, "hopeless"), dead(1)]
    done = intnet("dead", "replay", "matcher", "--like", "e", "--yes", *WHY)
    assert done.exit_code == 1
    assert "calls.v1/0/2: matcher: It fails as before: hopeless." in done.stderr
    assert done.stdout == "replay: 2 done, 1 refused.\n"
    assert settled(services) == ["calls.v1/0/3", "calls.v1/0/1"]


def test_one_that_is_not_parked_is_refused(intnet: Intnet, services: FakeServices) -> None:
    services.dead = [dead(1)]
    done = intnet("dead", "replay", "matcher", "calls.v1/0/1", "calls.v1/0/4", "--yes", *WHY)
    assert (done.exit_code, settled(services)) == (1, [])
    assert "Not parked: calls.v1/0/4." in done.stderr


@pytest.mark.parametrize("words", [(), ("calls.v1/0/1", "--like", "x")])
def test_places_or_a_part_of_the_reason(
    intnet: Intnet, services: FakeServices, words: tuple[str, ...]
) -> None:
    assert intnet("dead", "replay", "matcher", *words, *WHY).exit_code == 2
    assert not services.asked
