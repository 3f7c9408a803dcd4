import json

from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import FakeServices, Json


def webhook(number: int) -> Json:
    return {
        "id": f"w{number}",
        "reason": "no tenant owns this number",
        "event_type": "call.initiated" if number else None,
        "received_at": "2026-03-01T12:00:00Z",
    }


def test_it_shows_reasons_and_times(intnet: Intnet, services: FakeServices) -> None:
    services.webhooks = [webhook(1), webhook(0)]
    _, first, second = intnet("quarantine", "list").stdout.splitlines()
    assert first.startswith("2026-03-01T12:00:00.000Z")
    assert "no tenant owns this number" in first
    assert first.split()[-2:] == ["call.initiated", "w1"]
    assert second.split()[-2:] == ["-", "w0"]


def test_it_turns_pages_up_to_the_limit(intnet: Intnet, services: FakeServices) -> None:
    services.webhooks = [webhook(n) for n in range(500)]
    shown = json.loads(intnet("quarantine", "list", "--limit", "450", "--json").stdout)
    assert [each["id"] for each in shown] == [f"w{n}" for n in range(450)]
    assert [query["limit"] for _, _, query in services.asked] == ["200", "200", "50"]


def test_it_ends_with_the_last_page(intnet: Intnet, services: FakeServices) -> None:
    services.webhooks = [webhook(n) for n in range(3)]
    assert len(json.loads(intnet("quarantine", "list", "--json").stdout)) == 3
    assert len(services.asked) == 1


def test_an_empty_one_says_so(intnet: Intnet, services: FakeServices) -> None:
    assert intnet("quarantine", "list").stdout == "The quarantine is empty.\n"
    assert intnet("quarantine", "list", "--json").stdout == "[]\n"


def test_the_token_may_read_the_quarantine_and_no_more(
    intnet: Intnet, services: FakeServices
) -> None:
    intnet("quarantine", "list")
    ((who, _, _),) = services.asked
    assert who.scopes == {"quarantine:read"}
    assert who.tenant == "platform"


def test_a_limit_below_one_is_wrong_usage(intnet: Intnet, services: FakeServices) -> None:
    assert intnet("quarantine", "list", "--limit", "0").exit_code == 2
    assert not services.asked
