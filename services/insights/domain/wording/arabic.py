"""Arabic. What is counted stands in the accusative or genitive, which the dual shares."""

from services.insights.domain.wording.words import Words


def _noun(one: str, two: str, few: str, many: str, other: str) -> dict[str, str]:
    """Three to ten take the plural, eleven to ninety-nine the accusative singular."""
    return {
        "zero": f"{{n}} {other}",
        "one": one,
        "two": two,
        "few": f"{{n}} {few}",
        "many": f"{{n}} {many}",
        "other": f"{{n}} {other}",
    }


ARABIC = Words(
    language="ar",
    phrases={
        "moment": "أقل من دقيقة",
        "today": "اليوم",
        "ahead": "بعد {days}",
        "past": "قبل {days}",
        "hidden": "المتصل يخفي رقمه.",
        "a_customer": "عميل",
        "unproven": "رقم {name}، لكن لم يثبت أن المتصل هو صاحبه.",
        "customer": "رقم {name}.",
        "customer_since": "رقم {name}، عميل منذ {year}.",
        "ambiguous": "قد يكون المتصل واحدًا من {customers}.",
        "not_a_person": "رقم خدمة أو شركة، وليس رقم شخص.",
        "nobody": "لا يوجد عميل بهذا الرقم.",
        "first_call": "أول مكالمة خلال {days}.",
        "repeat_call": "متصل متكرر، أجرى {calls} خلال {days}.",
        "recent_calls": "هذه المكالمة ضمن {calls} خلال {days}.",
        "last_call": "آخر مكالمة قبل {span}.",
        "last_call_missed": "آخر مكالمة قبل {span}، ولم يُرد عليها.",
        "goes_on": "استمرار للتواصل نفسه، آخر مكالمة قبل {span}.",
        "goes_on_missed": "استمرار للتواصل نفسه، آخر مكالمة قبل {span}، ولم يُرد عليها.",
    },
    nouns={
        "minute": _noun("دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة", "دقيقة"),
        "hour": _noun("ساعة واحدة", "ساعتين", "ساعات", "ساعة", "ساعة"),
        "day": _noun("يوم واحد", "يومين", "أيام", "يومًا", "يوم"),
        "call": _noun("مكالمة واحدة", "مكالمتين", "مكالمات", "مكالمة", "مكالمة"),
        "earlier_call": _noun(
            "مكالمة سابقة واحدة",
            "مكالمتين سابقتين",
            "مكالمات سابقة",
            "مكالمة سابقة",
            "مكالمة سابقة",
        ),
        "contact": _noun("اتصالًا واحدًا", "اتصالين", "اتصالات", "اتصالًا", "اتصال"),
        "customer": _noun("عميل واحد", "عميلين", "عملاء", "عميلًا", "عميل"),
    },
)
