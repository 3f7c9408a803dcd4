"""Times, numbers and counts as a language says them, for templates."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.gateway.pages.texts import plurals_in


@pass_context
def when(context: Context, told: datetime | str) -> Markup:
    """A moment in the agency's own time zone; `told` is RFC 3339 or a datetime with a zone."""
    at = datetime.fromisoformat(told) if isinstance(told, str) else told
    language, zone = context["t"]["language"], ZoneInfo(context.get("timezone") or "UTC")
    clock = format_time(at, "short", tzinfo=zone, locale=language)
    words = f"{format_date(at.astimezone(zone), 'long', locale=language)} {clock}"
    written = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(written, words)


@pass_context
def day(context: Context, told: date | str) -> Markup:
    """A day; `told` is YYYY-MM-DD or a date."""
    at = date.fromisoformat(told) if isinstance(told, str) else told
    words = format_date(at, "long", locale=context["t"]["language"])
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), words)


@pass_context
def counted(context: Context, number: int, what: str) -> str:
    """`3 customers`: the number with the form of the word that the language wants."""
    language: str = context["t"]["language"]
    forms: Mapping[str, str] = plurals_in(language)[what]
    return forms[Locale(language).plural_form(number)].format(n=number)


@pass_context
def said(context: Context, code: object, kind: str) -> str:
    """A code in words, where there are any: `said("open", "state")` is the text `state_open`."""
    texts: Mapping[str, str] = context["t"]
    return texts.get(f"{kind}_{code}", str(code))


def phone(number: str) -> Markup:
    """A number, which runs from left to right in every language."""
    return Markup('<bdi class="number" dir="ltr">{}</bdi>').format(number)


FILTERS = {"when": when, "day": day, "counted": counted, "said": said, "phone": phone}
