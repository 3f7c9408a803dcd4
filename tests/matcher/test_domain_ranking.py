from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.domain.keys import Closeness, Lookups, closeness, lookups
from services.matcher.domain.known import Known
from services.matcher.domain.ranking import MOST, Asked, Ranking, rank

# Number plans are compiled at first use, in the middle of an example.
PATIENT = settings(deadline=None)

TODAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALLER = Asked("number", "+12025550133", "A")

JANE = Known(
    customer_id="jane",
    subject="code",
    name="Jane Roe",
    status="active",
    renewal_on=date(2026, 3, 13),
    customer_since=date(2019, 5, 1),
    primary=False,
    last_contact=None,
    updated_at=NOON,
    how="exact",
    agency_region=True,
)
LAPSED = replace(JANE, customer_id="john", name="John Roe", status="lapsed", renewal_on=None)


def ids(ranking: Ranking) -> list[str]:
    return [candidate.customer_id for candidate in ranking.candidates]


def codes(ranking: Ranking) -> list[str]:
    return [reason.code for reason in ranking.candidates[0].reasons]


def test_one_customer_with_the_number_stands_out() -> None:
    ranking = rank(CALLER, [JANE], TODAY)

    assert ranking.outcome == "matched"
    assert ranking.shared_by == 1
    best = ranking.candidates[0]
    assert (best.status, best.renewal_on, best.customer_since) == (
        "active",
        date(2026, 3, 13),
        date(2019, 5, 1),
    )
    assert [reason.sentence for reason in best.reasons] == [
        "The number is exactly the one on file.",
        "The policy is active.",
        "The policy renews in 12 days.",
    ]


def test_nobody_is_unknown() -> None:
    assert rank(CALLER, [], TODAY) == Ranking("unknown")


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (Asked("withheld"), "withheld"),
        (Asked("short_code"), "not_a_person"),
        (Asked("text"), "not_a_person"),
        (Asked("number", "+18003569377"), "not_a_person"),
        (Asked("number", "+966920000000"), "not_a_person"),
        (Asked("number", "+19005550123"), "not_a_person"),
    ],
)
def test_no_customer_where_no_person_calls(asked: Asked, outcome: str) -> None:
    assert rank(asked, [JANE], TODAY) == Ranking(outcome)  # type: ignore[arg-type]


def test_a_shared_number_is_said_and_chosen_by_the_agent() -> None:
    people = [replace(JANE, customer_id=f"c{n}", status=None) for n in range(4)]
    ranking = rank(CALLER, people, TODAY)

    assert (ranking.outcome, ranking.shared_by) == ("ambiguous", 4)
    assert "4 people share this number." in {
        reason.sentence for reason in ranking.candidates[3].reasons
    }


def test_the_main_number_stands_out_among_those_who_share_it() -> None:
    ranking = rank(CALLER, [LAPSED, replace(JANE, primary=True)], TODAY)

    assert (ranking.outcome, ids(ranking)) == ("matched", ["jane", "john"])
    assert rank(CALLER, [LAPSED, JANE], TODAY).outcome == "ambiguous"


@pytest.mark.parametrize("attestation", ["C", "failed"])
def test_an_unproven_number_shows_nothing_of_the_contract(attestation: str) -> None:
    ranking = rank(replace(CALLER, attestation=attestation), [JANE], TODAY)
    best = ranking.candidates[0]

    assert codes(ranking) == ["exact", "not_proven"]
    assert (best.status, best.renewal_on, best.customer_since) == (None, None, None)
    assert best.confidence <= 0.5
    assert best.name == "Jane Roe"


@pytest.mark.parametrize("attestation", ["A", "B", None])
def test_no_attestation_is_no_accusation(attestation: str | None) -> None:
    ranking = rank(replace(CALLER, attestation=attestation), [JANE], TODAY)

    assert "not_proven" not in codes(ranking)
    assert ranking.candidates[0].status == "active"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (replace(JANE, how="exact_extension"), JANE),
        (JANE, replace(JANE, how="variant", primary=True)),
        (replace(JANE, how="variant"), replace(JANE, how="national")),
        (replace(JANE, primary=True, status=None), JANE),
        (JANE, replace(JANE, status="lapsed")),
        (JANE, replace(JANE, renewal_on=date(2026, 6, 1))),
        (JANE, replace(JANE, renewal_on=date(2026, 2, 28))),
        (replace(JANE, renewal_on=date(2026, 2, 1)), replace(JANE, renewal_on=None)),
        (replace(JANE, last_contact=NOON), JANE),
        (replace(JANE, last_contact=NOON), replace(JANE, last_contact=NOON - timedelta(1))),
        (JANE, replace(JANE, updated_at=NOON - timedelta(1))),
    ],
)
def test_order(first: Known, second: Known) -> None:
    first, second = replace(first, customer_id="z"), replace(second, customer_id="a")

    assert ids(rank(CALLER, [second, first], TODAY)) == ["z", "a"]


def test_a_closer_number_stands_out() -> None:
    ranking = rank(CALLER, [LAPSED, replace(JANE, how="variant")], TODAY)

    assert (ranking.outcome, ids(ranking)) == ("matched", ["john", "jane"])
    assert ranking.shared_by == 1


def test_a_national_match_is_weak_and_only_of_the_agencys_country() -> None:
    near = replace(JANE, how="national")

    assert rank(CALLER, [near], TODAY).outcome == "ambiguous"
    assert rank(CALLER, [replace(near, agency_region=False)], TODAY).outcome == "unknown"


def test_a_customer_with_two_numbers_is_one_candidate() -> None:
    ranking = rank(CALLER, [replace(JANE, how="variant"), JANE], TODAY)

    assert (ids(ranking), codes(ranking)[0]) == (["jane"], "exact")


def test_the_answer_is_short_and_the_count_is_whole() -> None:
    ranking = rank(CALLER, [replace(JANE, customer_id=f"c{n}") for n in range(40)], TODAY)

    assert (len(ranking.candidates), ranking.shared_by) == (MOST, 40)


def test_becomes_the_event_of_a_call() -> None:
    event = rank(CALLER, [JANE], TODAY).of_call("session", "code", NOON)

    assert (event.about(), event.subject, event.outcome) == ("session", "code", "matched")
    assert event.best
    assert event.best.customer_id == "jane"


@pytest.mark.parametrize(
    ("asked", "filed", "how"),
    [
        (
            lookups("+12025550133", extension="12"),
            lookups("+12025550133", extension="12"),
            "exact_extension",
        ),
        (lookups("+12025550133"), lookups("+12025550133", extension="12"), "exact"),
        (lookups("+5491123456789"), lookups("+541123456789"), "variant"),
        (lookups("+1501234567", region="SA"), lookups("+966501234567"), "national"),
        (lookups("+1501234567", region="US"), lookups("+966501234567"), None),
    ],
)
def test_closeness_survives_the_coding(
    asked: Lookups, filed: Lookups, how: Closeness | None
) -> None:
    assert closeness(asked, filed) == how
    assert closeness(asked.coded(lambda t: t[::-1]), filed.coded(lambda t: t[::-1])) == how


MAYBE_DAY = st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1))
TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
PEOPLE = st.lists(
    st.builds(
        Known,
        customer_id=st.sampled_from([f"c{n}" for n in range(30)]),
        name=st.just("Somebody"),
        status=st.sampled_from(["active", "lapsed", None]),
        renewal_on=MAYBE_DAY,
        customer_since=st.none(),
        primary=st.booleans(),
        last_contact=st.none() | TIMES,
        updated_at=TIMES,
        how=st.sampled_from(["exact_extension", "exact", "variant", "national"]),
        agency_region=st.booleans(),
    ),
    max_size=15,
    unique_by=lambda person: person.customer_id,
)


@PATIENT
@given(PEOPLE.flatmap(lambda people: st.tuples(st.just(people), st.permutations(people))))
def test_the_order_of_the_input_does_not_matter(pair: tuple[list[Known], list[Known]]) -> None:
    people, shuffled = pair
    ranking = rank(CALLER, people, TODAY)

    assert rank(CALLER, shuffled, TODAY) == ranking
    sure = [candidate.confidence for candidate in ranking.candidates]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= one <= 1 for one in sure)
    assert (ranking.outcome == "unknown") == (not ranking.candidates)
