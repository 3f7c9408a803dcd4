"""What the command line sends is what the real doors take, and the stand-in answers as they do."""

from importlib import import_module

from pydantic import BaseModel

from deploy.cli import sms
from deploy.cli.dead import PATH
from libs.common.service import dead
from libs.common.web import Page
from services.gateway.api import operator_bodies as bodies
from services.gateway.api.shapes import Invited, ResetLink
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.roles import OPERATOR
from services.ingest.api.quarantine import Quarantined, router
from tests.deploy.conftest import Intnet
from tests.deploy.fake_services import DEAD, NOW, REVIEWS, FakeServices, page
from tests.deploy.test_cli_dead import dead as parked
from tests.deploy.test_cli_sms import WHY, waiting

BODIES: dict[str, type[BaseModel]] = {
    "POST /operator/v1/tenants": bodies.NewTenant,
    "POST /operator/v1/numbers": bodies.NewNumber,
    "POST /operator/v1/connections": bodies.NewConnection,
    "POST /operator/v1/profiles": bodies.NewProfile,
    "POST /operator/v1/invitations": bodies.NewAdmin,
    "POST /operator/v1/resets": bodies.LockedOut,
}


def run_everything(intnet: Intnet) -> None:
    create = ("tenant", "create", "--name", "Acme", "--profile", "intnet-iq")
    at = ("--tenant", "acme0001", "--from", "2026-05-01T08:00:00Z")
    for words in (
        (*create, "--tenant", "acme0001"),
        ("number", "assign", "+12025550100", *at),
        ("connection", "assign", "1494404757140276705", *at),
        ("profile", "assign", "16fd2706-8baf-433b-82eb-8c7fada847da", *at),
        ("admin", "invite", "amal@example.com", "--tenant", "acme0001"),
        ("admin", "reset", "amal@example.com", "--tenant", "acme0001"),
    ):
        assert intnet(*words).exit_code == 0


def test_every_body_is_one_that_the_gateway_takes(intnet: Intnet, services: FakeServices) -> None:
    run_everything(intnet)
    sent = {asked: body for _, asked, body in services.asked if asked in BODIES}
    assert sent.keys() == BODIES.keys()
    for asked, body in sent.items():
        taken = BODIES[asked].model_validate(body)
        assert taken.model_dump(exclude_unset=True).keys() == body.keys()


def test_every_path_is_the_gateways_for_operators(intnet: Intnet, services: FakeServices) -> None:
    run_everything(intnet)
    paths = {tuple(asked.split()) for _, asked, _ in services.asked}
    operators = {path for path, scope in TABLE.items() if scope == OPERATOR}
    dead = {path for path in operators if path[1].startswith(PATH)}  # test_cli_dead.py has them
    assert len(dead) == 4
    assert paths == operators - dead


def test_the_stand_in_answers_as_the_real_ones() -> None:
    fake = FakeServices.__new__(FakeServices)
    invited = fake._invite({"email": "amal@example.com", "role": "admin"})[1]
    assert Invited.model_validate(invited).model_dump(mode="json").keys() == invited.keys()
    fake.tenants = {"acme0001": {}}
    reset = fake._reset({"email": "amal@example.com", "tenant": "acme0001"})[1]
    assert ResetLink.model_validate(reset).model_dump(mode="json").keys() == reset.keys()
    webhook = {"id": "w1", "reason": "r", "event_type": None, "received_at": NOW}
    listed = page([webhook], {"limit": "1"})[1]
    assert Page[Quarantined].model_validate(listed).data[0].id == "w1"
    assert router.prefix == "/v1"
    shown = page([parked(1)], {"limit": "1"})[1]
    assert Page[dead.Dead].model_validate(shown).data[0].place == "calls.v1/0/1"
    assert dead.router.prefix == DEAD


def test_reviews_are_those_of_messaging() -> None:
    reviews = import_module("services.messaging.api.reviews")
    listed = page([waiting(1)], {"limit": "1"})[1]
    assert reviews.Review.model_validate(listed["data"][0]).message_id == "msg_1"
    settled = {"outcome": "not_sent", "reason": WHY[1]}
    assert reviews.Settlement.model_validate(settled).outcome == "not_sent"
    assert reviews.router.prefix == REVIEWS == sms.PATH
