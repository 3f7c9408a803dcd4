"""Which service a path belongs to, and how the service gets it."""

import pytest

from services.gateway.domain.permissions import TABLE, find
from services.gateway.domain.routes import UPLOADS, service_of, target


@pytest.mark.parametrize(
    ("template", "service"),
    [
        ("/v1/messages", "messaging"),
        ("/v1/messages:check", "messaging"),
        ("/v1/messages/{message_id}:cancel", "messaging"),
        ("/v1/conversations:find", "messaging"),
        ("/v1/consents", "consent"),
        ("/v1/consents:import", "consent"),
        ("/v1/consents/{subject}", "consent"),
        ("/v1/privacy/requests/{request_id}:verify", "consent"),
        ("/v1/messagesome", None),
        ("/v1/consent", None),
        ("/operator/v1/messages", None),
    ],
)
def test_a_path_belongs_to_one_service(template: str, service: str | None) -> None:
    assert service_of(template) == service


def test_a_verb_behind_a_value_stays_a_verb() -> None:
    template = "/v1/messages/{message_id}:cancel"
    assert target(template, {"message_id": "msg_1"}, "") == "/v1/messages/msg_1:cancel"
    assert target(template, {"message_id": "a:b/c"}, "x=1") == "/v1/messages/a%3Ab%2Fc:cancel?x=1"
    assert target(template, {"message_id": ".."}, "") is None


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("POST", "/v1/messages:check", "/v1/messages:check"),
        ("POST", "/v1/messages/msg_1:cancel", "/v1/messages/{message_id}:cancel"),
        ("POST", "/v1/messages/a:b:cancel", "/v1/messages/{message_id}:cancel"),
        ("GET", "/v1/messages/msg_1:cancel", "/v1/messages/{message_id}"),
        ("POST", "/v1/consents:import", "/v1/consents:import"),
        (
            "POST",
            "/v1/privacy/requests/req_1:send-code",
            "/v1/privacy/requests/{request_id}:send-code",
        ),
    ],
)
def test_a_colon_finds_its_row(method: str, path: str, template: str) -> None:
    found = find(method, path)
    assert found is not None
    assert found.template == template


def test_every_upload_is_an_operation() -> None:
    assert {tuple(upload.split()) for upload in UPLOADS} <= TABLE.keys()
