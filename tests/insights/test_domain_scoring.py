"""A score is the exact, clamped sum of what it shows."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.finding import Finding
from services.insights.domain.scorecard import Scale
from services.insights.domain.scoring import score

SCALE = Scale(base=10, bands={"low": 0, "caution": 30, "high": 60})
found = st.builds(Finding, st.integers(0, 100), st.just("1"), st.floats(-1, 1), st.just("Why."))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefg"), found))
def test_points_are_the_clamped_sum_of_what_is_listed(findings: dict[str, Finding]) -> None:
    result = score(SCALE, findings)
    exact = Decimal(str(result.base))
    for listed in result.contributions:
        assert listed.contribution != 0
        assert Decimal(str(listed.contribution)) == Decimal(str(listed.intensity)) * int(
            listed.weight
        )
        exact += Decimal(str(listed.contribution))

    assert Decimal(str(result.points)) == min(max(exact, Decimal(0)), Decimal(100))
    assert result.band == SCALE.band(result.points)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefg"), found), st.randoms())
def test_the_order_of_signals_does_not_matter(findings: dict[str, Finding], random: object) -> None:
    names = list(findings)
    random.shuffle(names)  # type: ignore[attr-defined]

    assert score(SCALE, {name: findings[name] for name in names}) == score(SCALE, findings)


def test_a_score_stays_within_0_and_100() -> None:
    much = Finding(100, "1", 1, "Much.")
    little = Finding(100, "1", -1, "Little.")

    assert score(SCALE, {"a": much, "b": much}).points == 100
    assert score(SCALE, {"a": little}).points == 0
    assert score(SCALE, {}).points == 10


def test_the_heaviest_is_listed_first() -> None:
    listed = score(
        SCALE,
        {
            "light": Finding(5, "1", 1, "L."),
            "none": Finding(50, "1", 0, "N."),
            "good": Finding(20, "1", -1, "G."),
        },
    ).contributions

    assert [part.signal for part in listed] == ["good", "light"]
