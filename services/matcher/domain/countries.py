"""Countries as people write them in a column: ISO codes, names, calling codes."""

from functools import cache, lru_cache
from typing import Final

from phonenumbers import SUPPORTED_REGIONS, region_code_for_country_code

from libs.common.customers.folding import plain
from libs.common.phone.spelling import western

_NAMES: Final[dict[str, str]] = {
    "SA": "ksa|sau|saudi|saudi arabia|kingdom of saudi arabia|السعودية|المملكة العربية السعودية",
    "AE": "uae|are|united arab emirates|emirates|الامارات|الامارات العربية المتحدة",
    "KW": "kwt|kuwait|الكويت",
    "QA": "qat|qatar|قطر",
    "BH": "bhr|bahrain|البحرين",
    "OM": "omn|oman|عمان|سلطنة عمان",
    "YE": "yem|yemen|اليمن",
    "JO": "jor|jordan|الاردن",
    "EG": "egy|egypt|مصر",
    "SY": "syr|syria|سوريا",
    "LB": "lbn|lebanon|لبنان",
    "IQ": "irq|iraq|العراق",
    "PS": "pse|palestine|فلسطين",
    "SD": "sdn|sudan|السودان",
    "MA": "mar|morocco|المغرب",
    "TN": "tun|tunisia|تونس",
    "DZ": "dza|algeria|الجزائر",
    "TR": "tur|turkey|turkiye|تركيا",
    "PK": "pak|pakistan|باكستان",
    "IN": "ind|india|الهند",
    "BD": "bgd|bangladesh|بنغلاديش",
    "PH": "phl|philippines|الفلبين",
    "ID": "idn|indonesia|اندونيسيا",
    "US": "usa|united states|united states of america|america|الولايات المتحدة|امريكا",
    "CA": "can|canada|كندا",
    "MX": "mex|mexico|méxico|المكسيك",
    "BR": "bra|brazil|brasil|البرازيل",
    "AR": "arg|argentina|الارجنتين",
    "GB": "uk|gbr|united kingdom|great britain|england|المملكة المتحدة|بريطانيا",
    "IE": "irl|ireland|ايرلندا",
    "FR": "fra|france|فرنسا",
    "DE": "deu|germany|deutschland|المانيا",
    "ES": "esp|spain|españa|اسبانيا",
    "IT": "ita|italy|italia|ايطاليا",
    "NL": "nld|netherlands|holland|هولندا",
    "AU": "aus|australia|استراليا",
}


@lru_cache(1024)
def country(text: str) -> str | None:
    """The ISO 3166 code of a country; None where the text names none that is known."""
    words = plain(western(text)).removeprefix("the ").removeprefix("00")
    if words.isdecimal():
        region = region_code_for_country_code(int(words[:4]))
        return region if region in SUPPORTED_REGIONS else None
    if words.upper() in SUPPORTED_REGIONS:
        return words.upper()
    return _known().get(words)


@cache
def _known() -> dict[str, str]:
    return {plain(name): iso for iso, names in _NAMES.items() for name in names.split("|")}
