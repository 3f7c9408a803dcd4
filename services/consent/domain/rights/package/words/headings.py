"""The tables of a package: what each holds, in the order in which they are shown."""

from collections.abc import Mapping
from typing import Final

from services.consent.domain.rights.package.words import Said

TABLES: Final[Mapping[str, Said]] = {
    "customers": Said("What the agency has on file about you", "ما تحتفظ به الجهة عنك"),
    "imports": Said("Where those records come from", "مصدر هذه السجلات"),
    "rejected_lines": Said("Lines of files that were refused", "أسطر ملفات رُفضت"),
    "restrictions": Said("Whether your records may be used", "هل يجوز استخدام سجلاتك"),
    "calls": Said("Calls", "المكالمات"),
    "cards": Said(
        "Indicators that were shown for calls, and what they were made of",
        "المؤشرات التي عُرضت عند المكالمات ومما تكوّنت",
    ),
    "feedback": Said("What agents said of those indicators", "رأي الموظفين في هذه المؤشرات"),
    "objections": Said("Your objection to indicators", "اعتراضك على المؤشرات"),
    "conversations": Said("Conversations", "المحادثات"),
    "messages": Said("Text messages", "الرسائل النصية"),
    "receipts": Said("Delivery reports", "تقارير التسليم"),
    "texting": Said("Whether you may be sent messages", "هل يجوز إرسال الرسائل إليك"),
    "consents": Said(
        "What you agreed to or refused, with the proof", "ما وافقت عليه أو رفضته مع الإثبات"
    ),
    "consent_state": Said("What holds of that now", "ما يسري من ذلك الآن"),
    "suppression": Said("That your number is left alone", "استبعاد رقمك من المراسلة"),
    "requests": Said("Your requests about your data", "طلباتك بشأن بياناتك"),
    "codes_sent": Said("Codes that were sent to you", "الرموز التي أُرسلت إليك"),
    "erasures": Said("Erasures of your data", "عمليات حذف بياناتك"),
    "disclosures": Said("To whom your data was given", "الجهات التي أُفصح لها عن بياناتك"),
    "quarantine": Said(
        "Reports of the provider that could not be assigned", "تقارير من المزوّد تعذّر إسنادها"
    ),
}
