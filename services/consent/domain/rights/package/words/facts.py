"""What the law wants a person to be told besides the data: PDPL Article 4 and its Implementing
Regulation, Article 4; GDPR Article 15(1)."""

from collections.abc import Mapping
from typing import Final

from libs.common.events.personal import ANSWER, CARRY, HEED, PROVE, RECOGNISE, SHOW, WRITE
from services.consent.domain.rights.package.words import Said

PURPOSES: Final[Mapping[str, Said]] = {
    RECOGNISE: Said("To recognise who calls or writes", "التعرّف على المتصل أو المرسل"),
    SHOW: Said("To show the agent what matters", "عرض ما يهم على الموظف"),
    WRITE: Said("To send, receive and show texts", "إرسال الرسائل النصية واستقبالها وعرضها"),
    HEED: Said("To keep to what people allow", "الالتزام بما يسمح به الأشخاص"),
    ANSWER: Said("To answer a person's request", "الرد على طلب صاحب البيانات"),
    CARRY: Said(
        "To carry events within the platform, and to mend those that failed",
        "نقل الأحداث داخل المنصة وإصلاح ما تعطّل منها",
    ),
    PROVE: Said("To prove what was done", "إثبات ما تم"),
}
BASES: Final[Mapping[str, Said]] = {
    "consent": Said("your consent", "موافقتك"),
    "contract": Said("a contract with you", "عقد معك"),
    "legal_obligation": Said("a legal obligation", "التزام نظامي"),
    "legitimate_interest": Said("a legitimate interest", "مصلحة مشروعة"),
    "instruction": Said(
        "the agency's instruction; its own basis stands with your record",
        "تعليمات الجهة، وأساسها النظامي مذكور في سجلك",
    ),
}
PERIODS: Final[Mapping[str, Said]] = {
    "customers": Said("your record with the agency", "سجلك لدى الجهة"),
    "calls": Said("calls and indicators", "المكالمات والمؤشرات"),
    "messages": Said("messages without their texts", "الرسائل دون نصوصها"),
    "message_texts": Said("texts of messages", "نصوص الرسائل"),
    "requests": Said("requests about your data", "الطلبات بشأن بياناتك"),
    "packages": Said("this package", "هذه الحزمة"),
}
RECIPIENTS: Final[Mapping[str, Said]] = {
    "telecom": Said(
        "It carries calls and texts.",
        "تنقل المكالمات والرسائل النصية.",
    ),
    "infrastructure": Said(
        "Hosting and database services, on which all of this runs. The texts of conversations and "
        "their numbers are sealed there; the keys lie elsewhere.",
        "خدمات الاستضافة وقواعد البيانات التي يعمل عليها كل ذلك. نصوص المحادثات وأرقامها مشفّرة "
        "فيها، والمفاتيح محفوظة في مكان آخر.",
    ),
    "authority": Said(
        "Authorities and courts: only what a law obliges to hand over, and only when it does.",
        "الجهات الحكومية والمحاكم: ما يُلزم النظام بتسليمه فقط، وعند الإلزام به فقط.",
    ),
}
"""By the kind of recipient in the operator's register."""

ABROAD: Final = Said(
    "It is in another country: a text goes there only under the safeguard that the law asks for.",
    "تقع في بلد آخر، ولا تُرسل إليها رسالة إلا بالضمانات التي يشترطها النظام.",
)

SOURCES: Final = (
    Said("You: your calls, messages and requests.", "أنت: مكالماتك ورسائلك وطلباتك."),
    Said(
        "The agency: its files and what its people enter; each record names its source.",
        "الجهة: ملفاتها وما يدخله موظفوها، ويُذكر المصدر مع كل سجل.",
    ),
    Said(
        "The telephone provider: what networks say of calls and messages.",
        "مزوّد الاتصالات: ما تذكره الشبكات عن المكالمات والرسائل.",
    ),
)
INDICATORS: Final = Said(
    "Indicators on calls are advice for the agent; no decision is made without a person. You may "
    "object to them; then none are made.",
    "مؤشرات المكالمات إرشاد للموظف، ولا يُتخذ قرار دون إنسان. "
    "يحق لك الاعتراض عليها فلا تُنشأ بعد ذلك.",
)
RIGHTS: Final = (
    Said(
        "To see your data, and to have a copy of it.", "الاطلاع على بياناتك والحصول على نسخة منها."
    ),
    Said("To have what is wrong corrected.", "تصحيح الخطأ في بياناتك."),
    Said("To have your data deleted.", "حذف بياناتك."),
    Said("To have its use restricted.", "تقييد استخدامها."),
    Said("To object to its use.", "الاعتراض على استخدامها."),
    Said(
        "To take back a consent at any time: answer STOP to any message.",
        "سحب موافقتك في أي وقت: أرسل كلمة إيقاف ردًا على أي رسالة.",
    ),
)
COMPLAINTS: Final[Mapping[str, Said]] = {
    "SA": Said(
        "You may complain to the Saudi Data and AI Authority (SDAIA) within 90 days of the day on "
        "which you learnt of what you complain about.",
        "يحق لك تقديم شكوى إلى الهيئة السعودية للبيانات والذكاء الاصطناعي (سدايا) خلال 90 يومًا "
        "من تاريخ علمك بالواقعة موضوع الشكوى.",
    ),
    "": Said(
        "You may complain to the supervisory authority for data protection where you live.",
        "يحق لك تقديم شكوى إلى السلطة المختصة بحماية البيانات في مكان إقامتك.",
    ),
}
"""By the jurisdiction of the operator's policy (ISO 3166-1); "" is any other.

Source: PDPL Implementing Regulation on complaints (90 days); GDPR Article 77.
"""

KEPT: Final[Mapping[str, Said]] = {
    "suppression_code": Said(
        "A keyed code of your number, no number, so that you are not written to again.",
        "رمز مشفّر لرقمك دون الرقم نفسه، حتى لا تُراسَل مجددًا.",
    ),
    "consent_evidence": Said(
        "What you agreed to and took back, under a code: it must be possible to show (GDPR Article "
        "7(1), PDPL Implementing Regulation Article 11).",
        "ما وافقت عليه وما سحبته، تحت رمز، إذ يجب إمكان إثباته (المادة 11 من اللائحة التنفيذية "
        "لنظام حماية البيانات الشخصية، والمادة 7(1) من GDPR).",
    ),
    "request": Said(
        "That and how a request was handled, without the number (PDPL Implementing Regulation "
        "Article 3(1)(d)).",
        "أن الطلب عولج وكيف عولج، دون الرقم (المادة 3(1)(د) من اللائحة التنفيذية).",
    ),
    "audit": Said(
        "Who did what and when; it holds no personal data of yours.",
        "من فعل ماذا ومتى، دون بيانات شخصية لك.",
    ),
}
"""What an erasure leaves, and on what ground."""

REPLACED: Final = Said(
    "Numbers and addresses of other people stand here as “number 1” or “e-mail 1”, and people who "
    "work for the agency as “Agent 1”; the same one is always the same.",
    "أرقام الآخرين وعناوينهم تظهر هنا بصيغة “number 1” أو “e-mail 1”، "
    "وموظفو الجهة بصيغة “Agent 1”، "
    "ولكل واحد تسمية ثابتة.",
)
