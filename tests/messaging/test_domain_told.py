"""The provider's JSON, in every shape that was seen, and in others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain import told
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars

REF = "0f6b21d3"
MESSAGE: dict[str, Any] = {
    "id": "p-1",
    "to": [{"status": "sent"}],
    "webhook_url": f"https://hooks.test/telnyx?ref={REF}&x=1",
    "received_at": "2026-06-01T16:00:00.000+00:00",
}
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*MESSAGE, "data", "errors", "code", "cost"]), inner)
    ),
    max_leaves=12,
)


def delivery(**payload: Any) -> dict[str, Any]:
    return {"data": [{"webhook": {"payload": {**MESSAGE, **payload}}}]}


@given(json)
def test_nothing_that_comes_is_an_error(body: Any) -> None:
    assert told.answer(200, body)[0].status == 200
    assert told.message(body, None) is None or isinstance(body, dict)
    assert isinstance(list(told.deliveries(body, REF)), list)
    assert isinstance(list(told.optouts(body)), list)
    assert told.is_last(body, 1) in {True, False}


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ({"amount": "0.0051", "currency": "USD"}, ("0.0051", "USD")),
        ({"amount": 0.0051, "currency": ""}, ("0.0051", None)),
        ({"amount": ""}, (None, None)),
        (None, (None, None)),
    ],
)
def test_a_cost_may_be_missing_or_a_number(cost: Any, expected: tuple[Any, Any]) -> None:
    _, found = told.answer(200, {"data": {"id": "p-1", "parts": 2, "cost": cost}})
    assert (found.cost, found.currency, found.parts) == (*expected, 2)


def test_strange_values_are_as_if_they_were_not_told() -> None:
    body = {"data": {"id": 7, "parts": True, "valid_until": "soon"}, "errors": [{"code": 40300}]}
    assert told.answer(400, body) == (Answer(400, ("40300",)), Particulars())
    naive = {"data": {"valid_until": "2026-06-01T16:00:00"}}
    assert told.answer(200, naive)[1].valid_until is None


def test_a_receipt_is_found_by_the_name_in_its_url() -> None:
    (found,) = told.deliveries(delivery(), REF)
    assert (found.message_id, found.status, found.reference) == ("p-1", "sent", REF)
    assert list(told.deliveries(delivery(webhook_url=None), REF)) == []
    assert list(told.deliveries(delivery(webhook_url="https://hooks.test"), REF)) == []
    assert list(told.deliveries(delivery(webhook_url=f"https://[hooks?ref={REF}"), REF)) == []
    assert list(told.deliveries(delivery(id=None), REF)) == []
    assert list(told.deliveries(delivery(to="+1212"), REF)) == []
    assert list(told.deliveries(delivery(received_at=None), REF)) == []


def test_the_latest_time_of_a_message_counts() -> None:
    done = {"completed_at": "2026-06-01T16:00:09+00:00", "sent_at": "2026-06-01T16:00:05+00:00"}
    found = told.message({"data": {**MESSAGE, **done}}, REF)
    assert found is not None
    assert found.occurred_at.second == 9
