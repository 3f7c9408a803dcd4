"""The client in Riyadh: semi-colons, a byte order mark, Arabic headers, names and digits."""

from datetime import date, timedelta

from deploy.local.demo.table import (
    Cells,
    Country,
    Row,
    at_places,
    day_first,
    soiled,
    with_repeats,
    written,
)

NEAR = "2026-12-10"
"""The renewal that the demo shows as near; `generate.dated` moves it."""

_HEADER = (
    "رقم العميل",
    "اسم العميل",
    "رقم الجوال",
    "البريد الإلكتروني",
    "حالة العميل",
    "تاريخ التجديد",
    "عميل منذ",
    "المدينة",
)
_FIRST_NAMES = """
    أحمد خالد سارة منى يوسف ليلى عمر هند ماجد ريم سلطان دانة بدر لمى طارق أمل نايف شهد
    وليد رنا زياد عبير حسن جود مشعل غادة راكان هيفاء سعود
"""
_LAST_NAMES = """
    العتيبي القحطاني الحربي الشمري الدوسري الغامدي الزهراني المطيري السبيعي العنزي البلوي
    الجهني الشهري الرشيدي المالكي السلمي الثقفي الأحمدي الخالدي العمري الفيفي النعيمي
    الصاعدي الحازمي البقمي القرني التميمي الهاشمي الفهد السديري الراجحي
"""
_FIRST, _LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
_CITY = ("الرياض", "جدة", "الدمام", "مكة المكرمة", "أبها", "تبوك")
_STATUS = ("Active", "نشط", "active", "Active", "معلق", "Active", "Cancelled", "نشط ")
_SPELLINGS = (
    "+966{0}",
    "0{0}",
    "00966{0}",
    "966{0}",
    "{0}",
    "+966 (0) {1} {2} {3}",
    "0{1}-{2}-{3}",
    "'+966{0}",
    "0{1} {2} {3}",
)
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_CUSTOMERS = 285

NAMED = (
    Row(
        "IC-9001",
        "نورة العتيبي",
        "050 000 0971",
        "noura@example.com",
        "نشط",
        NEAR,
        "2017-05-21",
        "الرياض",
    ),
    Row(
        "IC-9002",
        "فهد الحربي",
        "0500000972 / +966500000982",
        "fahad@example.com",
        "Active",
        "2031-09-30",
        "2024-02-18",
        "جدة",
    ),
    Row(
        "IC-9003",
        "سارة القحطاني",
        "٠٥٠٠٠٠٠٩٧٣",
        "sara@example.com",
        "معلق",
        "2027-01-25",
        "2011-10-02",
        "الدمام",
    ),
)
"""Whom the demo calls as; nobody else in the file has their numbers."""

_HOUSEHOLD = (
    Row("IC-9004", "مازن السديري", "+966500000974", "", "نشط", "2027-03-01", "2019-08-08", "أبها"),
    Row("IC-9005", "مها السديري", "0500000974", "", "نشط", "2028-06-15", "2019-08-08", "أبها"),
)
_ODD = (
    Row("IC-9006", "Omar Haddad", "+1 202 555 0177", "", "Active", "2028-01-31", "2021-04-04", ""),
    Row("IC-9007", "رقم قصير", "19911", "", "نشط", "2028-01-31", "2021-04-04", "الرياض"),
    Row("IC-9008", "مؤسسة المثال؛ فرع جدة", "920000000", "", "نشط", "", "2018-01-02", "جدة"),
    Row("IC-9009", "@SUM(A1)", "0500000976", "", "معلق", "2028-04-04", "", "تبوك"),
)
_JUNK: dict[int, Cells] = {
    0: ("",) * 8,
    61: ("--- صفحة 2 ---",),
    62: _HEADER,
    130: ("",) * 8,
    181: ("IC-0171", "سطر مقطوع"),
    260: ("", "", "", "", "", "", "", "", "ملاحظة"),
}
_TOTAL: Cells = ("المجموع", "", "294", "", "", "", "", "")


def text() -> str:
    """The whole file."""
    rows = [soiled(i, _row(i), _COUNTRY) for i in range(_CUSTOMERS)]
    named = [row.cells() for row in (*NAMED, *_HOUSEHOLD, *_ODD)]
    return written(_HEADER, [*at_places(with_repeats(rows), _JUNK), *named, _TOTAL], ";")


def _row(i: int) -> Row:
    first, last = _FIRST[i % len(_FIRST)], _LAST[(i - (i % 23 == 6)) * 7 % len(_LAST)]
    renewal = date(2026, 10, 1) + timedelta(days=i * 37 % 1800)
    day_is_plain = renewal.day > 12
    return Row(
        id=f"IC-{i + 1:04d}",
        name=f"{first} {last}",
        phone=_spelt(i, _number(i)),
        email="" if i % 4 == 1 else f"customer{i}@example.com",
        status=_STATUS[i * 5 % len(_STATUS)],
        renewal=day_first(renewal) if day_is_plain and i % 5 == 0 else renewal.isoformat(),
        since=(date(2008, 1, 1) + timedelta(days=i * 97 % 6700)).isoformat(),
        place=_CITY[i % len(_CITY)],
    )


def _number(i: int) -> str:
    return f"+966500000{100 + i}"


def _spelt(i: int, number: str) -> str:
    local = number.removeprefix("+966")
    spelt = _SPELLINGS[i % len(_SPELLINGS)].format(local, local[:2], local[2:5], local[5:])
    return spelt.translate(_ARABIC) if i % 7 == 2 else spelt


_COUNTRY = Country(_number, _spelt, no_phone="لا يوجد", no_date="لاحقا", no_such_date="2027-02-30")
