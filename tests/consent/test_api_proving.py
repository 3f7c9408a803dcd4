"""HTTP in: it is made sure that the person asks."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import ErasureOrdered, ExportOrdered, TenantSaved
from services.consent.store import Store
from tests.consent.given import DAN, OTHER, at_once, texted
from tests.consent.rights import ATTEST, PATH, Desk
from tests.support.http import Harness

WRONG = "000000"


def other_than(code: str) -> str:
    return WRONG if code != WRONG else "111111"


async def test_a_code_goes_to_the_number_and_proves_it(desk: Desk) -> None:
    request = await desk.opened("access")
    sent = await desk.ask(request, "send-code")
    assert sent.json() == {
        "status": "verifying",
        "valid_until": "2026-11-10T12:10:00Z",
        "left": 2,
    }
    ((number, text, word),) = desk.words()
    assert (number, word.subject, word.request_id) == (DAN, desk.subject(), request["id"])
    assert (word.message_class, word.at) == ("one_time_code", desk.now)
    assert (word.valid_until - word.at) == timedelta(minutes=10)
    assert text.startswith("A: your code is ")
    desk.move(30)
    done = (await desk.ask(request, "verify", code=desk.code())).json()
    assert (done["status"], done["awaiting"]) == ("in_progress", ["matcher"])
    assert done["verified"] == {
        "at": "2026-11-10T12:00:30Z",
        "by": "code",
        "who": "usr_7",
        "how": None,
    }
    (order,) = desk.house.units.of(ExportOrdered)
    assert (order.request_id, order.subject) == (request["id"], desk.subject())
    ordered = await desk.shown(request)
    assert ordered["awaiting"] == ["consent", "ingest", "insights", "matcher", "messaging"]
    assert (await desk.actions())[1:] == ["privacy.verified", "export.ordered"]
    again = await desk.ask(request, "verify", code=desk.code())
    assert (again.status_code, again.json()["code"]) == (409, "verified_before")


async def test_in_arabic_where_the_agency_speaks_it(
    house: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = await house.open("SA", language="ar-SA", profile="interkey-connect")
    desk = Desk(house, agency, monkeypatch)
    await desk.ask(await desk.opened("access", number="+966501234567"), "send-code")
    assert "رمزك" in desk.words()[-1][1]
    assert len(desk.code()) == 6


async def test_three_wrong_codes_end_it_and_the_right_one_fails(desk: Desk) -> None:
    request = await desk.opened()
    await desk.ask(request, "send-code")
    code = desk.code()
    for _ in range(3):
        answer = await desk.ask(request, "verify", code=other_than(code))
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_code")
    answer = await desk.ask(request, "verify", code=code)
    assert (answer.status_code, answer.json()["code"]) == (409, "code_locked")
    assert desk.orders() == []
    assert (await desk.actions()).count("privacy.code_failed") == 4
    await desk.ask(request, "send-code")
    assert (await desk.ask(request, "verify", code=desk.code())).status_code == 200


async def test_guesses_at_the_same_moment_are_counted_one_by_one(desk: Desk) -> None:
    request = await desk.opened()
    await desk.ask(request, "send-code")
    wrong = other_than(desk.code())
    answers = await at_once(*(desk.ask(request, "verify", code=wrong) for _ in range(8)))
    codes = sorted(answer.json()["code"] for answer in answers)
    assert codes == ["code_locked"] * 5 + ["wrong_code"] * 3


async def test_a_code_lives_ten_minutes(desk: Desk) -> None:
    request = await desk.opened()
    await desk.ask(request, "send-code")
    desk.move(601)
    answer = await desk.ask(request, "verify", code=desk.code())
    assert (answer.status_code, answer.json()["code"]) == (409, "code_expired")


async def test_a_code_for_one_request_fails_for_another(desk: Desk) -> None:
    first, second = await desk.opened(), await desk.opened("access")
    assert (await desk.ask(first, "verify", code=WRONG)).json()["code"] == "no_code"
    await desk.ask(first, "send-code")
    code = desk.code()
    await desk.ask(second, "send-code")
    if desk.code() != code:
        answer = await desk.ask(second, "verify", code=code)
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_code")
    assert (await desk.ask(first, "verify", code=code)).status_code == 200


async def texted_one(desk: Desk, word: str) -> dict[str, Any]:
    """A request that the person makes by text, from the number itself."""
    await desk.house.take(texted(word, desk.subject()), desk.agency)
    board: list[dict[str, Any]] = (await desk.http.get(PATH)).json()["data"]
    (found,) = [one for one in board if one["channel"] == "sms" and one["kind"] == _KINDS[word]]
    return found


_KINDS = {"access": "access", "erase": "erasure"}


async def test_codes_are_sent_three_times_and_not_too_often_to_one_number(desk: Desk) -> None:
    first, second = await desk.opened(), await texted_one(desk, "access")
    third = await texted_one(desk, "erase")
    for request in (first, second):
        left = [(await desk.ask(request, "send-code")).json()["left"] for _ in range(3)]
        assert left == [2, 1, 0]
    enough = await desk.ask(first, "send-code")
    assert (enough.status_code, enough.json()["code"]) == (409, "no_more_codes")
    today = await desk.ask(third, "send-code")
    assert (today.status_code, today.json()["code"]) == (429, "too_many_codes")
    elsewhere = await desk.opened(number=OTHER)
    assert (await desk.ask(elsewhere, "send-code")).status_code == 202
    desk.move(timedelta(days=1, seconds=1))
    assert (await desk.ask(third, "send-code")).status_code == 202
    assert len(desk.words()) == 8


async def test_an_agency_cannot_use_up_the_codes_of_who_asks_by_text(desk: Desk) -> None:
    written = [await desk.opened() for _ in range(3)]
    answers = [await desk.ask(one, "send-code") for one in written for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429] * 6
    hers = await texted_one(desk, "erase")
    for left in (2, 1, 0):
        assert (await desk.ask(hers, "send-code")).json()["left"] == left
    assert (await desk.ask(hers, "verify", code=desk.code())).json()["status"] == "in_progress"


async def test_who_asks_again_by_text_has_their_codes_again_though_the_agency_used_them_up(
    desk: Desk,
) -> None:
    written, hers = await desk.opened(), await texted_one(desk, "erase")
    for request in (written, hers):
        answers = [await desk.ask(request, "send-code") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202, 202, 202, 409]
    again = await texted_one(desk, "erase")
    assert (again["id"], again["status"]) == (hers["id"], "verifying")
    assert (await desk.ask(written, "send-code")).json()["code"] == "no_more_codes"
    more = await desk.opened("access")
    assert (await desk.ask(more, "send-code")).json()["code"] == "too_many_codes"
    assert [(await desk.ask(hers, "send-code")).json()["left"] for _ in range(3)] == [2, 1, 0]
    assert (await desk.ask(hers, "verify", code=desk.code())).json()["status"] == "in_progress"


async def test_another_request_by_text_has_codes_of_its_own_whatever_went_before(
    desk: Desk,
) -> None:
    for request in (await desk.opened(), await texted_one(desk, "erase")):
        for _ in range(3):
            assert (await desk.ask(request, "send-code")).status_code == 202
    later = await texted_one(desk, "access")
    assert [(await desk.ask(later, "send-code")).json()["left"] for _ in range(3)] == [2, 1, 0]


async def test_what_is_carried_out_already_is_asked_for_again_in_vain(desk: Desk) -> None:
    hers = await texted_one(desk, "erase")
    await desk.ask(hers, "send-code")
    await desk.ask(hers, "verify", code=desk.code())
    again = await texted_one(desk, "erase")
    assert (again["id"], again["status"]) == (hers["id"], "in_progress")


async def test_an_admin_answers_for_who_asks(desk: Desk) -> None:
    done = await desk.attested("access")
    assert (done["verified"]["by"], done["verified"]["how"]) == ("attested", "in_person")
    note = (await desk.notes())[1]
    assert note["action"] == "privacy.verified"
    assert (note["reason"], note["facts"]) == ("attested", {"kind": "access", "how": "in_person"})
    assert desk.words() == []


async def test_a_strangers_request_is_no_help_to_him_and_no_harm_to_her(desk: Desk) -> None:
    his = await desk.opened()
    await desk.ask(his, "send-code")
    desk.move(60)
    hers = await desk.opened()
    await desk.ask(hers, "send-code")
    assert (await desk.ask(hers, "verify", code=desk.code())).json()["status"] == "in_progress"
    assert [order.request_id for order in desk.orders()] == [hers["id"]]
    await desk.all_answer()
    desk.move(9)
    await desk.look()
    await desk.all_answer()
    assert (await desk.shown(hers))["status"] == "completed"
    assert (await desk.shown(his))["status"] == "verifying"
    desk.move(timedelta(days=14))
    await desk.look()
    left = await desk.shown(his)
    assert (left["status"], left["number"], left["erasure"]) == ("expired", None, None)
    assert (await desk.ask(his, "attest", **ATTEST)).json()["code"] == "closed"
    assert (await desk.proof(his)).status_code == 409


async def test_of_two_who_prove_it_at_the_same_moment_one_does(desk: Desk) -> None:
    request = await desk.opened()
    answers = await at_once(*(desk.ask(request, "attest", **ATTEST) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert len(desk.house.units.of(ErasureOrdered)) == 1


async def test_the_code_is_not_kept(desk: Desk, house: Harness[Store], agency: TenantSaved) -> None:
    request = await desk.opened()
    await desk.ask(request, "send-code")
    (row,) = await house.mongo.scope(agency.tenant).collection("requests").list({})
    assert desk.code() not in str(row)
    await desk.ask(request, "verify", code=desk.code())
    (row,) = await house.mongo.scope(agency.tenant).collection("requests").list({})
    assert row["code"] is None
