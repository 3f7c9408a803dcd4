import pytest

from libs.common.phone import (
    NotANumber,
    Number,
    caller,
    national,
    normalise,
    parse,
    split,
    variant_key,
    variants,
)

READ = [
    ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
    ("۰۵۰۱۲۳۴۵۶۷", "SA", "+966501234567"),
    ("+٩٦٦٥٠١٢٣٤٥٦٧", None, "+966501234567"),
    ("00966501234567", "SA", "+966501234567"),
    ("966501234567", "SA", "+966501234567"),
    ("501234567", "SA", "+966501234567"),
    ("+966 (0) 50 123 4567", "SA", "+966501234567"),
    ("\uff0b966501234567", None, "+966501234567"),
    ("\u200e+966501234567\u200f", "SA", "+966501234567"),
    ("\ufeff0501234567", "SA", "+966501234567"),
    ('="+966501234567"', "SA", "+966501234567"),
    ("'+966501234567", "SA", "+966501234567"),
    ("tel:+966-50-123-4567", "SA", "+966501234567"),
    ("966501234567.0", "SA", "+966501234567"),
    ("0501234567 محمد", "SA", "+966501234567"),
    ("Mobile: 050 123 4567 (work)", "SA", "+966501234567"),
    ("0501234567", "sa", "+966501234567"),
    ("+1 202-555-0133 (Jane)", "US", "+12025550133"),
    ("202-555-0133 - Jane", "US", "+12025550133"),
    ("+49 30 123456 (Jane)", None, "+4930123456"),
    ("030/1234567", "DE", "+49301234567"),
    ("sip:+12025550133@example.com", "US", "+12025550133"),
    ('"Jane" <sip:+12025550133;user=phone@example.com>', "US", "+12025550133"),
    ("sip:%2B12025550133@example.com", None, "+12025550133"),
    ("+12025550133@203.0.113.5:5060", "US", "+12025550133"),
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("+5215512345678", None, "+525512345678"),
    ("+551187654321", None, "+5511987654321"),
    ("+541123456789", None, "+541123456789"),
    ("+5491123456789", None, "+5491123456789"),
]

REFUSED = [
    ("0501234567", "US", "not_valid"),
    ("9.66E+11", "SA", "digits_lost"),
    ("9.66501E+11", "SA", "digits_lost"),
    ("9,66E+11", "SA", "digits_lost"),
    ("202-555-0133 / 202-555-0134", "US", "several"),
    ("anonymous", "US", "not_a_number"),
    ("Restricted", "US", "not_a_number"),
    ("Anonymous <sip:anonymous@anonymous.invalid>", "US", "not_a_number"),
    ("", "US", "empty"),
    ("  ", "US", "empty"),
    ("266696687", "US", "not_possible"),
    ("48273", "US", "not_possible"),
    ("19911", "SA", "not_possible"),
    ("+8005550199", None, "not_possible"),
    ("2025550133", None, "no_region"),
    ("2025550133", "XX", "no_region"),
    ("+999123456789", None, "not_valid"),
    ("+49-30-123456-Jane", None, "letters"),
    ("1" * 300, "US", "not_a_number"),
]


@pytest.mark.parametrize(("raw", "region", "e164"), READ)
def test_reads_what_people_and_carriers_write(raw: str, region: str | None, e164: str) -> None:
    number = parse(raw, region)

    assert isinstance(number, Number)
    assert (number.raw, number.e164, number.valid) == (raw, e164, True)
    assert normalise(raw, region) == e164


@pytest.mark.parametrize(("raw", "region", "code"), REFUSED)
def test_refuses_the_rest_and_says_what_to_do(raw: str, region: str | None, code: str) -> None:
    refused = parse(raw, region)

    assert isinstance(refused, NotANumber)
    assert refused.code == code
    assert not raw.strip() or raw.strip() not in refused.explanation
    assert normalise(raw, region) is None


@pytest.mark.parametrize(
    "raw",
    [
        "202-555-0133 x12",
        "202-555-0133 ext. 12",
        "202-555-0133;ext=12",
        "202-555-0133, ext 12",
        "202-555-0133 (ext 12)",
        "sip:+12025550133;ext=12@example.com",
    ],
)
def test_keeps_the_extension_apart(raw: str) -> None:
    number = parse(raw, "US")

    assert isinstance(number, Number)
    assert (number.e164, number.extension) == ("+12025550133", "12")


@pytest.mark.parametrize(
    ("raw", "region", "home", "kind"),
    [
        ("0501234567", "SA", "SA", "mobile"),
        ("920000000", "SA", "SA", "shared_cost"),
        ("8001234567", "SA", "SA", "toll_free"),
        ("+19005550123", None, "US", "premium"),
        ("+12025550133", None, "US", "fixed_or_mobile"),
        ("+541123456789", None, "AR", "fixed_line"),
        ("+80012345678", None, "001", "toll_free"),
    ],
)
def test_tells_the_line_type_by_number_plan(
    raw: str, region: str | None, home: str, kind: str
) -> None:
    number = parse(raw, region)

    assert isinstance(number, Number)
    assert (number.region, number.kind) == (home, kind)


def test_lenient_takes_what_is_only_possible() -> None:
    number = parse("0501234567", "US", lenient=True)

    assert isinstance(number, Number)
    assert (number.e164, number.valid, number.region, number.kind) == (
        "+10501234567",
        False,
        None,
        "unknown",
    )
    assert isinstance(parse("+8005550199", None, lenient=True), NotANumber)


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("202-555-0133 / 202-555-0134", ("202-555-0133", "202-555-0134")),
        ("2025550133;2025550134|2025550135", ("2025550133", "2025550134", "2025550135")),
        ("2025550133, 2025550134\n2025550135", ("2025550133", "2025550134", "2025550135")),
        ("0500000001 ، 0500000002", ("0500000001", "0500000002")),
        ("2025550133 or 2025550134", ("2025550133", "2025550134")),
        ("202-555-0133;ext=12; 202-555-0134", ("202-555-0133;ext=12", "202-555-0134")),
        ("030/1234567", ("030/1234567",)),
        ("2025550133,,12", ("2025550133,,12",)),
        (" ", ()),
    ],
)
def test_splits_a_cell_into_its_numbers(cell: str, parts: tuple[str, ...]) -> None:
    assert split(cell) == parts


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "anonymous",
        "Restricted",
        "UNAVAILABLE",
        "Unknown Caller",
        "private number",
        "No Caller ID",
        "withheld",
        "رقم خاص",
        "266696687",
        "+266696687",
        "sip:anonymous@example.com",
        "Anonymous <sip:anonymous@anonymous.invalid>",
        "sip:+12025550133@anonymous.invalid",
    ],
)
def test_a_withheld_caller_has_no_text(raw: str | None) -> None:
    found = caller(raw, "US")

    assert (found.kind, found.text, found.e164) == ("withheld", None, None)


@pytest.mark.parametrize(
    ("raw", "region", "kind", "e164"),
    [
        ("+12025550133", None, "number", "+12025550133"),
        ("sip:2025550133@203.0.113.5", "US", "number", "+12025550133"),
        ("+5215512345678", "MX", "number", "+525512345678"),
        ("+86282452253", None, "number", "+86282452253"),
        ("0501234567", "US", "text", None),
        ("48273", "US", "short_code", None),
        ("19911", "SA", "short_code", None),
        ("ACMEBANK", "SA", "text", None),
        ("+8005550199", None, "text", None),
    ],
)
def test_tells_callers_apart(raw: str, region: str | None, kind: str, e164: str | None) -> None:
    found = caller(raw, region)

    assert (found.kind, found.e164) == (kind, e164)


@pytest.mark.parametrize(
    "spellings",
    [
        ("+525512345678", "+5215512345678"),
        ("+5511987654321", "+551187654321"),
        ("+541123456789", "+5491123456789"),
    ],
)
def test_variants_are_the_same_whichever_is_asked(spellings: tuple[str, str]) -> None:
    for spelling in spellings:
        assert variants(spelling) == spellings
        assert variant_key(spelling) == spellings[0]


@pytest.mark.parametrize("e164", ["+551133334444", "+5511933334444", "+12025550133"])
def test_other_numbers_have_one_spelling(e164: str) -> None:
    assert variants(e164) == (e164,)


def test_national_number_names_its_country() -> None:
    assert national("+966501234567") == "966:501234567"
    assert national("+5215512345678") == "52:5512345678"
    assert national("+1501234567", "SA") == national("+966501234567")
    with pytest.raises(ValueError, match="calling code"):
        national("+999123")
