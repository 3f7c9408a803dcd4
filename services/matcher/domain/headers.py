"""Which column holds what: the usual English and Arabic headers, or a mapping that says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, get_args

from libs.common.csvfile import Unreadable
from libs.common.customers.folding import plain

Field = Literal[
    "external_id",
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "extension",
    "country",
    "status",
    "renewal_on",
    "customer_since",
    "language",
]

FIELDS: Final[tuple[Field, ...]] = get_args(Field)
IGNORED: Final = "ignore"
"""In a mapping: leave this column out."""

_SPELLINGS: Final[dict[Field, str]] = {
    "external_id": """external id|customer id|client id|contact id|account id|member id|id|
        customer no|customer number|client no|client number|account no|account number|reference|
        policy no|policy number|policy id|policy|policy|رقم العميل|رقم الوثيقة|رقم البوليصة|
        رقم العضوية|المعرف|الرقم المرجعي""",
    "name": """name|full name|customer name|client name|contact name|insured name|insured|customer|
        client|الاسم|اسم|الاسم الكامل|اسم العميل|اسم المؤمن له|العميل""",
    "first_name": "first name|firstname|given name|forename|الاسم الاول",
    "last_name": "last name|lastname|surname|family name|الاسم الاخير|اسم العائلة|العائلة",
    "email": """email|e mail|email address|e mail address|mail|البريد الالكتروني|البريد|بريد|
        بريد الكتروني|الايميل|ايميل""",
    "extension": "extension|ext|phone extension|phone ext|تحويلة|التحويلة",
    "country": """country|country code|nation|country region|country iso|الدولة|دولة|البلد|بلد|
        رمز الدولة""",
    "status": """status|policy status|customer status|account status|state of policy|الحالة|حالة|
        حالة الوثيقة|حالة العميل""",
    "renewal_on": """renewal on|renewal|renewal date|renews on|policy renewal|expiry|expiry date|
        expiration|expiration date|policy expiry|policy end|end date|x date|تاريخ التجديد|التجديد|
        تاريخ الانتهاء|تاريخ انتهاء الوثيقة""",
    "customer_since": """customer since|client since|member since|since|start date|join date|joined|
        inception|inception date|عميل منذ|تاريخ البداية|تاريخ الاشتراك|تاريخ الانضمام""",
    "language": "language|lang|preferred language|locale|اللغة|لغة|اللغة المفضلة",
}

_LABELS: Final[dict[str, str]] = {
    "mobile": "mobile cell cellphone cellular gsm جوال الجوال محمول المحمول موبايل الموبايل",
    "home": "home منزل المنزل",
    "work": "work office business عمل العمل مكتب المكتب",
    "whatsapp": "whatsapp واتساب الواتساب",
    "phone": "phone telephone tel phoneno msisdn هاتف الهاتف تليفون التليفون تلفون التلفون",
}
# Words that make a phone header one about the phone: its type, its consent, its day.
_ABOUT: Final = frozenset(
    ("type", "code", "consent", "verified", "carrier", "date", "status", "model", "opt")
)
_NEEDS_PHONE: Final = frozenset(("home", "work"))

_NUMBERED = re.compile(r"\s*\d+$")


@dataclass(frozen=True, slots=True)
class PhoneColumn:
    """A column of telephone numbers. `label` is mobile, home, work, whatsapp or phone."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. `unknown` are the headers that nothing was made of."""

    header: tuple[str, ...]
    at: Mapping[Field, int]
    phones: tuple[PhoneColumn, ...]
    unknown: tuple[str, ...] = field(default=())


def recognise(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """Finds the fields; `mapping` (header to field, or to "ignore") overrides the guess.

    Raises Unreadable where the mapping names a column or a field that does not exist, or where no
    column can hold what a caller is recognised by.
    """
    chosen = _chosen(header, mapping or {})
    at: dict[Field, int] = {}
    phones: list[PhoneColumn] = []
    unknown: list[str] = []
    for index, name in enumerate(header):
        found = chosen.get(plain(name)) or _field(name)
        if found == "phone":
            phones.append(PhoneColumn(index, _label(name) or "phone"))
        elif found in _SPELLINGS and found not in at:
            at[found] = index
        elif name and found != IGNORED:
            unknown.append(name)
    if not phones:
        raise Unreadable(
            "no_phone_column",
            "No column is known to hold telephone numbers. Name one 'phone', or map it.",
        )
    return Columns(tuple(header), at, tuple(phones), tuple(unknown))


def _chosen(
    header: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, Field | Literal["ignore"]]:
    known = {plain(name) for name in header}
    chosen: dict[str, Field | Literal["ignore"]] = {}
    for name, target in mapping.items():
        if plain(name) not in known:
            raise Unreadable("mapping", "The mapping names a column that the file does not have.")
        chosen[plain(name)] = _target(target)
    return chosen


def _target(text: str) -> Field | Literal["ignore"]:
    for target in FIELDS:
        if text == target:
            return target
    if text == IGNORED:
        return "ignore"
    raise Unreadable("mapping", f"Map a column to one of: {', '.join((*FIELDS, IGNORED))}.")


def _field(name: str) -> Field | None:
    words = plain(name)
    found = _known().get(words) or _known().get(_NUMBERED.sub("", words))
    return found or ("phone" if _label(name) else None)


def _label(name: str) -> str | None:
    words = frozenset(_NUMBERED.sub("", plain(name)).split())
    if words & _ABOUT:
        return None
    labels = [label for label, spellings in _labels().items() if words & spellings]
    if not labels or (labels[0] in _NEEDS_PHONE and len(labels) == 1):
        return None
    return labels[0]


@cache
def _known() -> dict[str, Field]:
    return {
        plain(spelling): name
        for name, spellings in _SPELLINGS.items()
        for spelling in spellings.split("|")
    }


@cache
def _labels() -> dict[str, frozenset[str]]:
    return {
        label: frozenset(plain(word) for word in words.split()) for label, words in _LABELS.items()
    }
