"""The data map as a page for people."""

from collections.abc import Iterable, Iterator, Sequence

from deploy.datamap.rows import Place
from libs.common.profiles import Profile, Recipient

Row = tuple[str, ...]

_HEAD = """\
# Data map

Written by `make schemas`; edit the declarations instead: `personal` of the entities in the stores,
`Personal(...)` in events and in the API's models, and `libs/common/profiles`. What could hold words
and is declared nowhere is refused by `make check`, and an undeclared field of a document by the
server. `GET /v1/privacy/data-map` answers with the map of the agency's own operator.

A form is plain; coded (a keyed code or an opaque id: pseudonymous, and personal all the same);
hashed; or sealed with the agency's key. Periods are those of the operator; an agency may want them
shorter. Copies in events are kept as long as their topics keep records.
"""
_MISSING = "not entered by the operator yet"
_KINDS = {
    "collection": "Collections, and what lies beside them",
    "event": "Events",
    "api": "Bodies and answers of the API",
}


def page(profiles: Sequence[Profile], places: Sequence[Place]) -> str:
    """The whole page."""
    parts = [_HEAD, "## Purposes, with their lawful basis\n", _purposes(profiles)]
    parts += ["## Categories, with our role and who else gets them\n", _categories(profiles)]
    parts += ["## Recipients\n", _recipients(profiles)]
    for kind, title in _KINDS.items():
        parts += [f"## {title}\n", _fields(profiles, [p for p in places if p.kind == kind])]
    parts += ["## Fields that are about nobody, or say only when, how many, and yes or no\n"]
    parts += [_others(places)]
    return "\n".join(parts)


def _purposes(profiles: Sequence[Profile]) -> str:
    rows = ((p, *(each.purposes[p] for each in profiles)) for p in profiles[0].purposes)
    return _table(("Purpose", *(each.name for each in profiles)), rows)


def _categories(profiles: Sequence[Profile]) -> str:
    head = ("Category", *(each.name for each in profiles), "Recipients")
    rows = (
        (name, *(p.categories[name].role for p in profiles), ", ".join(category.recipients))
        for name, category in profiles[0].categories.items()
    )
    return _table(head, rows)


def _recipients(profiles: Sequence[Profile]) -> str:
    head = ("Operator", "Recipient", "Kind", "Country", "Purpose", "Safeguard", "Agreement")
    rows = (
        (each.name, *_recipient(recipient))
        for each in profiles
        for recipient in each.recipients.values()
    )
    return _table(head, rows)


def _recipient(recipient: Recipient) -> Row:
    return (
        f"[{recipient.name}]({recipient.terms})" if recipient.terms else recipient.name,
        recipient.kind,
        recipient.country or "varies",
        recipient.purpose,
        recipient.safeguard,
        recipient.agreement or ("none" if recipient.kind == "authority" else _MISSING),
    )


def _fields(profiles: Sequence[Profile], places: Iterable[Place]) -> str:
    head = ("Service", "Where", "Field", "Category", "Form", "Purpose", "Kept")
    rows = (
        (
            place.service,
            f"`{place.name}`",
            f"`{field.name}`",
            field.mark.category,
            field.mark.form,
            field.mark.purpose,
            " / ".join(dict.fromkeys(field.period.under(each) for each in profiles)),
        )
        for place in places
        for field in place.fields
    )
    return _table(head, rows)


def _others(places: Iterable[Place]) -> str:
    rows = (
        (place.service, f"`{place.name}`", ", ".join(f"`{name}`" for name in place.others))
        for place in places
        if place.others
    )
    return _table(("Service", "Where", "Fields"), rows)


def _table(head: Row, rows: Iterable[Row]) -> str:
    return "".join(_lines([head, ("---",) * len(head), *rows]))


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n"
