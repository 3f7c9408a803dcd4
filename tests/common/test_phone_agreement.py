import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.common.phone import Number, caller, normalise, parse, variant_key, variants
from libs.common.phone.plans import plans
from libs.common.phone.reading import read
from tests.common.test_phone import READ, REFUSED

# Number plans are compiled at first use, in the middle of an example.
PATIENT = settings(deadline=None)

EXAMPLES = [
    number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (0, 1, 3, 5, 6)
    if (number := phonenumbers.example_number_for_type(region, kind))
]
NAMES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed_line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll_free",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared_cost",
    phonenumbers.PhoneNumberType.VOIP: "voip",
}
REGIONS = ["US", "CA", "BS", "SA", "GB", "DE", "IT", "AR", "BR", "MX", "AU", "KZ", "RE", None, "XX"]


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str | None]:
    """A number of any country in a usual or a damaged spelling, with a region to read it in."""
    number = draw(st.sampled_from(EXAMPLES))
    digits = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    text = draw(
        st.sampled_from(
            [
                *(phonenumbers.format_number(number, form) for form in (0, 1, 2)),
                *(start + digits for start in ("", "0", "1", code, "+" + code)),
                *(abroad + code + digits for abroad in ("00", "011")),
            ]
        )
    )
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from([*"0123456789 ().-+", ""])) + text[at + cut :]
    home = phonenumbers.region_code_for_country_code(int(code))
    return text, draw(st.sampled_from([home, *REGIONS]))


@PATIENT
@given(spellings())
@example(("2025550133", "BS"))
@example(("966501234567.0", "SA"))
@example(("202.555.01.00", "US"))
@example(("(202 555-0133", "US"))
def test_the_quick_way_and_the_library_agree(spelling: tuple[str, str | None]) -> None:
    raw, region = spelling
    by_library = read(raw, region)

    assert parse(raw, region) == by_library
    assert normalise(raw, region) == (by_library.e164 if isinstance(by_library, Number) else None)


@PATIENT
@given(
    st.text(alphabet="0123456789 ().-+x/;,#٠١٢٣٤٥٦٧٨٩abcE=\"'", max_size=30),
    st.sampled_from(REGIONS),
)
def test_both_ways_agree_on_junk(raw: str, region: str | None) -> None:
    assert parse(raw, region) == read(raw, region)


def test_both_ways_agree_on_the_tables() -> None:
    for raw, region, _ in (*READ, *REFUSED):
        assert parse(raw, region) == read(raw, region)


@pytest.mark.parametrize("number", EXAMPLES[::7])
def test_agrees_with_the_library_on_every_country(number: phonenumbers.PhoneNumber) -> None:
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    found = parse(e164, None)

    assert isinstance(found, Number)
    assert found == read(e164, None)
    assert found.region == phonenumbers.region_code_for_number(number)
    assert found.kind == NAMES[phonenumbers.number_type(number)]


def test_every_plan_has_one_group_for_each_kind() -> None:
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        for plan in plans(str(code)):
            assert plan.shape.groups == len(plan.kinds)


@PATIENT
@given(spellings())
def test_normalising_twice_is_normalising_once(spelling: tuple[str, str | None]) -> None:
    once = normalise(*spelling)

    if once is not None:
        assert normalise(once, None) == once
        assert variant_key(once) in variants(once)


@PATIENT
@given(st.text(max_size=60), st.sampled_from(REGIONS))
def test_no_text_breaks_the_reader(raw: str, region: str | None) -> None:
    found = parse(raw, region)

    assert isinstance(found, Number) or found.explanation
    assert caller(raw, region).kind in {"number", "withheld", "short_code", "text"}
