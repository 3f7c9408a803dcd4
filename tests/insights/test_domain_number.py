"""What a number says by itself."""

import pytest

from services.insights.domain.number import Numbering


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        ("+12025550142", Numbering("fixed_or_mobile", 1)),
        ("+18005550100", Numbering("toll_free", 1)),
        ("+966500000001", Numbering("mobile", 966)),
        ("+10", Numbering()),
        (None, Numbering()),
    ],
)
def test_the_number_plan_says_what_kind_of_line_it_is(
    party: str | None, expected: Numbering
) -> None:
    assert Numbering.of(party) == expected
