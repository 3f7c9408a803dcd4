"""The words around the tables."""

from typing import Final

from services.consent.domain.rights.package.words import Said

TITLE: Final = Said("Your personal data", "بياناتك الشخصية")
CONTROLLER: Final = Said("Who is responsible", "الجهة المسؤولة")
PROCESSOR: Final = Said("Who works on its behalf", "من يعالج البيانات نيابةً عنها")
CONTACT: Final = Said("Whom to ask", "جهة التواصل")
WHY: Final = Said(
    "What your data is used for, and on what basis", "أغراض استخدام بياناتك وأساسها النظامي"
)
HOW_LONG: Final = Said("How long it is kept", "مدة الاحتفاظ بها")
DAYS: Final = Said("days", "يومًا")
RECIPIENTS: Final = Said("Who else gets it", "من يطّلع عليها غيرنا")
SOURCES: Final = Said("Where it comes from", "مصادرها")
INDICATORS: Final = Said("Indicators", "المؤشرات")
RIGHTS: Final = Said("Your rights", "حقوقك")
COMPLAINT: Final = Said("Complaints", "الشكاوى")
KEPT: Final = Said("What stays after an erasure, and why", "ما يبقى بعد الحذف وسبب بقائه")
READ_AT: Final = Said("From when this is", "تاريخ قراءة هذه البيانات")
OTHERS: Final = Said("Other people", "أشخاص آخرون")
MADE: Final = Said("Made on", "أُعدّت في")
REQUEST: Final = Said("Request", "الطلب")
NOTHING: Final = Said("Nothing is kept about you.", "لا تُحفظ أي بيانات عنك.")
CONTENTS: Final = Said("Contents", "المحتويات")
