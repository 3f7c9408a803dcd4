"""Whatever a payload holds: a fact, nothing, or a refusal; and no more than was declared."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import Event
from services.ingest.domain import calls, messages
from services.ingest.domain.envelope import read
from services.ingest.domain.family import Ignored
from services.ingest.domain.refusal import NotUnderstood
from tests.ingest.domain_support import (
    CALLS,
    MESSAGES,
    READING,
    body,
    changed,
    document,
    fact,
    message,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # no lone surrogates: the parser refuses them before
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FAMILIES = dict.fromkeys(CALLS, calls.FAMILY) | dict.fromkeys(MESSAGES, messages.FAMILY)
FIELDS = sorted({key for name in FAMILIES for key in document(name)["data"]["payload"]})


@given(
    st.sampled_from([*FAMILIES]),
    st.dictionaries(
        st.sampled_from(
            [*FIELDS, "call_screening_result", "shaken_stir_attestation", "shaken_stir_validated"]
        ),
        VALUES,
    ),
)
def test_no_payload_raises_anything_but_a_refusal(name: str, fields: dict[str, Any]) -> None:
    with suppress(NotUnderstood):
        received, family = read(changed(name, **fields)), FAMILIES[name]
        family.ends(received)
        assert isinstance(family.translate(received, READING), Event | Ignored)


@given(
    st.sampled_from([*FAMILIES]),
    st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), VALUES, min_size=1),
)
def test_no_undeclared_field_passes(name: str, extra: dict[str, Any]) -> None:
    """More fields, at every level, change nothing of the fact."""
    whole = json.loads(changed(name, **extra))
    whole.update(extra)
    whole["data"].update(extra)
    told = fact if name in CALLS else message
    assert told(json.dumps(whole).encode()) == told(body(name))


@pytest.mark.parametrize("name", CALLS)
def test_what_is_personal_and_not_declared_stays_out(name: str) -> None:
    secret = "jane.doe.sentinel"
    extra = {
        "from_sip_uri": secret,
        "to_sip_uri": secret,
        "client_state": secret,
        "custom_headers": [{"name": "X", "value": secret}],
        "sip_headers": [{"name": "User-to-User", "value": secret}],
        "tags": [secret],
        "telnyx_error": secret,
    }
    assert secret not in json.dumps(fact(changed(name, **extra)))
