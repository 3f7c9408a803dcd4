"""Every shape in which the provider tells one thing about a text, read alike."""

import pytest

from services.ingest.domain.envelope import read
from services.ingest.domain.messages import FAMILY
from tests.ingest.domain_support import MESSAGES, changed, code, document, message

SENDER, OURS = "+13125550101", "+17735550102"
REF = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "to",
    [
        [{"phone_number": OURS, "carrier": "Telnyx", "line_type": "Wireless"}],
        [{"phone_number": OURS}],
        [OURS],
        {"phone_number": OURS},
        OURS,
        "+1-773-555-0102",
        17735550102,
        [{"phone_number": 17735550102}],
    ],
)
@pytest.mark.parametrize(
    "origin",
    [{"phone_number": SENDER, "line_type": ""}, SENDER, [SENDER], "+1 (312) 555-0101", 13125550101],
)
def test_every_shape_of_the_two_sides_is_read(to: object, origin: object) -> None:
    raw = changed("message_received", **{"to": to, "from": origin})
    text = message(raw)
    assert (text["line"], text["party"], text["subject"]) == (OURS, SENDER, code(SENDER))
    told = to[0] if isinstance(to, list) else to
    told = told["phone_number"] if isinstance(told, dict) else told
    assert FAMILY.ends(read(raw)).to == str(told)
    receipt = message(changed("message_finalized_delivered", **{"to": origin, "from": to}))
    assert receipt["subject"] == code(SENDER)


STRANGE = [[OURS], {"phone_number": {}}, {"phone_number": 1.5}, True, 10**15, 10**30, "1" * 257]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_stop_is_read_whatever_else_it_went_to(strange: object) -> None:
    both = changed("message_received", text="STOP", to=[strange, OURS])
    told, ends = message(both), FAMILY.ends(read(both))
    assert (told["keyword"], told["subject"]) == ("stop", code(SENDER))
    assert told["line"] is None  # to two; which of them is ours the profile says
    assert (ends.to, ends.also_to) == (None, (OURS,))
    ends = FAMILY.ends(read(changed("message_received", text="STOP", to=[OURS, strange])))
    assert (ends.to, ends.also_to) == (OURS, ("",))
    alone = changed("message_received", text="STOP", to=[strange])
    told, ends = message(alone), FAMILY.ends(read(alone))
    assert (told["keyword"], told["line"], told["subject"]) == ("stop", None, code(SENDER))
    assert (ends.to, ends.also_to) == (None, ())
    assert ends.messaging_profile


@pytest.mark.parametrize("origin", [None, ..., "", {}, {"phone_number": None}, []])
def test_a_text_of_nobody_is_a_text(origin: object) -> None:
    text = message(changed("message_received", **{"from": origin}))
    assert (text["party"], text["party_kind"], text["subject"]) == (None, "withheld", None)


@pytest.mark.parametrize(("origin", "kind"), [("48273", "short_code"), ("MYBANK", "text")])
def test_who_has_no_number_has_no_code(origin: str, kind: str) -> None:
    text = message(changed("message_received", **{"from": {"phone_number": origin}}))
    assert (text["party"], text["party_kind"], text["subject"]) == (None, kind, None)


@pytest.mark.parametrize(
    "drift",
    [
        {"cost": None, "parts": None, "errors": None, "encoding": "UCS-2"},
        {"cost": ..., "parts": ..., "errors": ..., "encoding": "UTF-8", "organization_id": ...},
        {"cost": 0.004, "parts": "many", "errors": "none", "received_at": "soon", "media": 5},
        {"cost": {"amount": 0.004}, "parts": -1, "errors": [1, None, {}], "received_at": 5},
        {"autoresponse_type": {"a": 1}, "messaging_profile_id": 5, "tags": None, "type": "RCS"},
    ],
)
@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_beside_the_point_never_keeps_a_message_out(
    name: str, drift: dict[str, object]
) -> None:
    raw = changed(name, **drift)
    assert FAMILY.ends(read(raw)).at.year == 2024
    assert message(raw)["message_id"] == document(name)["data"]["payload"]["id"]


@pytest.mark.parametrize(
    ("name", "told", "status"),
    [
        ("message_sent", "sent", "sent"),
        ("message_sent", "queued", "queued"),  # as in the sample of the API reference
        ("message_finalized_delivered", "a_word_of_tomorrow", "a_word_of_tomorrow"),
        ("message_finalized_delivered", None, "unknown"),
        ("message_finalized_delivered", 5, "unknown"),
        ("message_finalized_delivered", "to +13125550102!", "unknown"),
    ],
)
def test_the_status_stands_with_the_recipient(name: str, told: object, status: str) -> None:
    to = [{"phone_number": "+13125550102", "status": told}]
    assert message(changed(name, to=to))["status"] == status


@pytest.mark.parametrize("to", ["+13125550102", None, ..., []])
def test_a_receipt_without_a_status_is_no_guess(to: object) -> None:
    assert message(changed("message_finalized_delivered", to=to))["status"] == "unknown"


@pytest.mark.parametrize(
    ("errors", "codes"),
    [
        ([{"code": "40300"}, {"code": 40008}], ["40300", "40008"]),
        ([{"title": "no code"}, "40300", None], []),
        ([{"code": "blocked from +13125550101"}], []),
    ],
)
def test_error_codes_are_text(errors: object, codes: list[str]) -> None:
    assert message(changed("message_finalized_failed", errors=errors))["errors"] == codes


@pytest.mark.parametrize(
    ("cost", "total", "currency"),
    [
        ({"amount": "0.0051", "currency": "USD"}, "0.0051", "USD"),
        ({"amount": 0.0051, "currency": "SAR"}, "0.0051", "SAR"),
        ({"amount": None, "currency": "USD"}, None, "USD"),
        ({"amount": "free", "currency": "dollars"}, None, None),
        (0.0051, "0.0051", None),
        ("0.0051", "0.0051", None),
        (None, None, None),
        (..., None, None),
        (True, None, None),
    ],
)
def test_every_shape_of_a_cost_is_read(
    cost: object, total: str | None, currency: str | None
) -> None:
    receipt = message(changed("message_finalized_delivered", cost=cost))
    assert (receipt["cost"], receipt["currency"]) == (total, currency)


@pytest.mark.parametrize(
    ("url", "query", "reference"),
    [
        (f"https://hooks.example.com/telnyx?ref={REF}", "", REF),
        (f"https://hooks.example.com/telnyx?a=1&ref={REF}&b=2", f"ref={'f' * 32}", REF),
        ("https://hooks.example.com/telnyx", f"ref={REF}", REF),
        (None, f"a=1&ref={REF}", REF),
        (..., f"ref={REF}", REF),
        (5, f"ref={REF}", REF),
        ("https://[bad/telnyx?ref=x", f"ref=short&ref={REF}", REF),
        (f"https://hooks.example.com/telnyx?ref={REF}0", "", None),
        (f"https://hooks.example.com/telnyx?ref={REF.upper()}", "ref=", None),
        (f"https://hooks.example.com/ref={REF}", "", None),
        (None, "ref=%2B13125550101", None),
    ],
)
def test_our_reference_is_in_the_url_of_the_receipts(
    url: object, query: str, reference: str | None
) -> None:
    raw = changed("message_finalized_delivered", webhook_url=url)
    assert message(raw, query)["reference"] == reference
