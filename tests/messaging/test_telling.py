"""What messaging hands over of a person: the texts both ways."""

from base64 import b64encode
from datetime import timedelta

from libs.common import clock
from libs.common.events import TenantSaved, WordOrdered
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from services.messaging.store import Store
from tests.messaging.given import DAN, EVE, Time, consent, receipt, send, subject, wrote
from tests.support.http import Harness
from tests.support.telling import told


async def test_texts_both_ways_with_what_became_of_them(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await house.take(wrote(house, agency, "Where is my order?"), agency)
    await send(house, agency, text="It is on its way.")
    await send(house, agency, to=EVE, text="Not for Dan.")
    await house.take(consent(house, agency, 1), agency)
    code = subject(house, agency)
    await house.take(receipt("delivered", "p-1", subject=code), agency)
    rows = await told(house, agency, code)
    texts = {row["direction"]: row for row in rows["messages"]}
    assert texts["in"]["text"] == "Where is my order?"
    assert texts["out"]["text"] == "It is on its way."
    assert {row["number"] for row in rows["messages"]} == {DAN}
    assert len(rows["messages"]) == 2
    assert [row["number"] for row in rows["conversations"]] == [DAN]
    assert [row["status"] for row in rows["receipts"]] == ["delivered"]
    assert len(rows["texting"]) == 1
    assert code not in str(rows)
    assert not {"ref", "fingerprint", "traceparent"} & set(texts["out"])


async def test_a_code_that_shows_who_asks_is_told_to_nobody_else(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    def sealed(field: str, text: str) -> str:
        return b64encode(house.keys.seal(agency.tenant, field, text.encode())).decode()

    word = WordOrdered(
        request_id="req_1",
        subject=subject(house, agency),
        at=clock.now(),
        message_class="one_time_code",
        party=sealed(NUMBER_FIELD, DAN),
        sealed=sealed(WORDS_FIELD, "your code is 481516"),
        valid_until=clock.now() + timedelta(minutes=10),
    )
    await house.take(word, agency)
    rows = await told(house, agency, subject(house, agency))
    assert [row["message_class"] for row in rows["messages"]] == ["one_time_code"]
    assert "481516" not in str(rows)
