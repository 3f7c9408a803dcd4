"""The words and wordings, as people write them; how they are compared is said in `reading`.

Sources: 47 CFR 64.1200(a)(10) for stop, quit, end, revoke, opt out, cancel and unsubscribe; Telnyx,
"Opt-out keywords", for STOPALL, UNSTOP and HELP. The Arabic and Spanish ones are ours.
"""

from itertools import product
from typing import Final

STOP: Final = (
    "stop",
    "stop all",
    "quit",
    "end",
    "revoke",
    "opt out",
    "cancel",
    "unsubscribe",
    # Spanish
    "alto",
    "no más",
    "basta",
    "baja",
    "parar",
    "pare",
    "detener",
    "cancelar",
    # Arabic
    "إيقاف",
    "إيقاف الرسائل",
    "إيقاف الاشتراك",
    "أوقف",
    "أوقفوا",
    "قف",
    "توقف",
    "توقفوا",
    "كفى",
    "إلغاء",
    "الغا",
    "إلغاء الاشتراك",
    "إلغاء اشتراك",
)
START: Final = ("start", "unstop")
"""YES is none of them: it answers a question, and only who asked it knows which one."""

HELP: Final = ("help", "info", "ayuda", "مساعدة", "المساعدة", "معلومات")

ACCESS: Final = (
    *("my data", "get my data", "send my data", "send me my data", "show me my data"),
    *("access my data", "export my data", "request my data", "copy of my data"),
    *("mis datos", "enviar mis datos", "quiero mis datos", "copia de mis datos"),
    *("بياناتي", "أرسل بياناتي", "أرسلوا بياناتي", "نسخة من بياناتي", "أريد بياناتي"),
)
"""To get a copy of what is kept of the person. Whole texts: the words alone mean many things."""

ERASE: Final = (
    *("delete my data", "delete all my data", "erase my data", "erase all my data"),
    *("remove my data", "remove all my data", "delete my account and data", "forget my data"),
    *("borrar mis datos", "borrad mis datos", "borren mis datos", "borre mis datos"),
    *("eliminar mis datos", "eliminen mis datos", "elimine mis datos", "suprimir mis datos"),
    *("احذف بياناتي", "احذفوا بياناتي", "احذف كل بياناتي", "احذفوا كل بياناتي", "حذف بياناتي"),
    *("امسح بياناتي", "امسحوا بياناتي", "مسح بياناتي", "امح بياناتي", "محو بياناتي"),
)
"""To have all that is kept of the person deleted."""

FILLERS: Final = (
    *("please", "pls", "plz", "kindly", "hi", "hello", "hey", "ok", "okay", "yes", "no thanks"),
    *("the", "these", "those", "this", "your", "all", "any", "ever", "with", "just"),
    *("por favor", "hola", "من فضلك", "من فضلكم", "لو سمحت", "لو سمحتم", "رجاء", "أرجو", "أرجوكم"),
)
"""Words that change nothing of what is asked for."""

HARMLESS: Final = (
    *("bus stop", "train stop", "tram stop", "next stop", "last stop", "non stop", "full stop"),
    *("stop by the", "stop by your", "stop by my", "stop by our", "stop by and", "stop by for"),
    *("end of", "end up"),
)
"""Wordings of every day that hold a stop word; `*` stands for the rest of a word."""

CLOSINGS: Final = ("stop", "stop it", "stop now", "stop thank*", "stop already")
"""How a text ends that may ask for silence."""

_NOT: Final = (
    *("stop", "quit", "cease", "dont", "do not", "never", "no more", "dont want", "do not want"),
    *("no me", "no mas", "no quiero mas", "basta de", "dejen de", "deje de", "deja de", "paren de"),
)
_DEEDS: Final = (
    *("text*", "messag*", "msg*", "sms*", "send*", "call*", "contact*", "writ*", "spam*"),
    *("bother*", "email*", "hear*", "to receive", "to get", "to hear", "receiving", "getting"),
    *("mensaje*", "mand*", "envi*", "escrib*", "llam*", "contact*", "molest*"),
)
_LA: Final = ("لا", "ما", "عدم")
_ARABIC_DEEDS: Final = (
    *("*ترسل*", "*تراسل*", "*تتصل*", "*تبعث*", "*تكتب*", "*تزعج*", "*تتواصل*"),
    *("الإرسال", "إرسال*", "مراسلت*", "الاتصال", "التواصل"),
    *("أريد رسائل*", "أريد استلام", "أريد تلقي", "أبي رسائل*", "أبغى رسائل*"),
)

WORDINGS: Final = (
    *(f"{no} {deed}" for no, deed in product(_NOT, _DEEDS)),
    *("unsub*", "unsuscri*", "stopall", "optout", "opt out", "opt me out", "opting out", "revok*"),
    *("remove me", "remove my number", "remove my name", "take me off", "take my number off"),
    *("delete me", "delete my number", "lose my number", "leave me alone", "wrong number"),
    *("want to cancel", "need to cancel", "like to cancel", "withdraw my consent", "spam*"),
    *("do not disturb", "dont disturb", "not interested", "harass*"),
    *("dar de baja", "darme de baja", "dame de baja", "denme de baja", "no quiero recibir"),
    *("borrenme", "borreme", "eliminenme", "elimineme", "quitenme", "quiteme", "saquenme"),
    *(f"{no} {deed}" for no, deed in product(_LA, _ARABIC_DEEDS)),
    *("توقف* عن", "كف* عن", "أوقف* الرسائل", "وقف* الرسائل", "بدون رسائل", "رقم خطأ"),
    *("احذف* رقمي", "امسح* رقمي", "شيل* رقمي", "أزيل* رقمي", "احذفوني", "احذفني", "أزيلوني"),
    *("الغ* الاشتراك", "*إلغاء الاشتراك", "الغ* اشتراكي", "*إلغاء اشتراكي", "*سحب موافقتي"),
    *("غير مهتم*",),
)
"""Wordings that ask for silence wherever they stand; `*` stands for the rest of a word."""
