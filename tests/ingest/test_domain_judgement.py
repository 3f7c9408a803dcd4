"""What becomes of a signed webhook."""

from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import CallStarted, TenantSaved
from services.ingest.domain.family import Ignored, Reading
from services.ingest.domain.judgement import Accepted, Judgement, Parked, judge
from services.ingest.domain.refusal import NotUnderstood, Why
from services.ingest.domain.routing import Routes
from tests.ingest.domain_support import READING, body, changed
from tests.ingest.given import OURS, owned

AGENCY = TenantSaved.model_validate(
    {
        "tenant": "agencyaaa",
        "version": 1,
        "name": "A",
        "profile": "intnet-iq",
        "region": "US",
        "language": "en",
        "numbers": owned(OURS),
    }
)
EVENT = "9f9301c2-a9db-41bf-a670-013af4c67e3a"


def judged(raw: bytes, routes: Routes | None = None) -> Judgement:
    return judge(raw, routes or Routes([AGENCY]), lambda _: READING)


def test_a_call_of_a_tenant_is_accepted_under_the_providers_id() -> None:
    found = judged(body("call_initiated_real"))
    assert isinstance(found, Accepted)
    assert (found.id, found.tenant) == (EVENT, "agencyaaa")
    assert isinstance(found.fact, CallStarted)
    assert found.fact.line == OURS


def test_the_reading_is_that_of_the_owner() -> None:
    asked: list[str] = []

    def reading(tenant: TenantSaved) -> Reading:
        asked.append(tenant.tenant)
        return READING

    judge(body("call_initiated_real"), Routes([AGENCY]), reading)
    assert asked == ["agencyaaa"]


def test_nobodys_call_is_parked_with_its_name() -> None:
    assert judged(body("call_initiated_real"), Routes()) == Parked(
        EVENT, "unrouted: none", "call.initiated"
    )


def test_an_event_that_is_not_needed_is_ignored_whoever_it_belongs_to() -> None:
    found = judged(body("call_machine_detection_ended"), Routes())
    assert found == Ignored("call.machine.detection.ended")


def test_an_unusable_field_is_named() -> None:
    found = judged(changed("call_initiated_real", direction="sideways"))
    assert found == Parked(EVENT, "field: data.payload.direction", "call.initiated")


def test_a_tenant_that_cannot_be_read_yet_is_parked() -> None:
    def no_keys(_: TenantSaved) -> Reading:
        raise NotUnderstood(Why.NO_KEYS)

    found = judge(body("call_initiated_real"), Routes([AGENCY]), no_keys)
    assert found == Parked(EVENT, "no_keys", "call.initiated")


def test_the_id_of_what_cannot_be_read_follows_from_its_bytes() -> None:
    one, again, other = judged(b"{one"), judged(b"{one"), judged(b"{other")
    assert isinstance(one, Parked)
    assert one == again != other
    assert (one.reason, one.type) == ("not_json", None)


@given(st.binary(max_size=300))
def test_nothing_in_a_body_raises(raw: bytes) -> None:
    assert isinstance(judged(raw), Parked)
