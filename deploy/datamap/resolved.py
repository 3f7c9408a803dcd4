"""The data map of one operator: declarations with the bases, roles and recipients of a profile."""

from collections.abc import Sequence
from typing import Any

from deploy.datamap.rows import Field, Place
from libs.common.profiles import Profile

Part = dict[str, Any]


def document(profile: Profile, places: Sequence[Place]) -> Part:
    """As it is served: what holds for all, then every field with what holds for it."""
    return {
        "profile": profile.id,
        "operator": profile.name,
        "contact": profile.contact.model_dump(),
        "jurisdiction": profile.jurisdiction,
        "recipients": [
            {"id": key, **recipient.model_dump()} for key, recipient in profile.recipients.items()
        ],
        "purposes": [
            {"purpose": purpose, "basis": basis} for purpose, basis in profile.purposes.items()
        ],
        "fields": [_row(profile, place, field) for place in places for field in place.fields],
        "about_nobody": [
            {
                "service": place.service,
                "kind": place.kind,
                "place": place.name,
                "fields": list(place.others),
            }
            for place in places
            if place.others
        ],
    }


def _row(profile: Profile, place: Place, field: Field) -> Part:
    category = profile.categories[field.mark.category]
    return {
        "service": place.service,
        "kind": place.kind,
        "place": place.name,
        "field": field.name,
        "category": field.mark.category,
        "form": field.mark.form,
        "purpose": field.mark.purpose,
        "basis": profile.purposes[field.mark.purpose],
        "period": field.period.under(profile),
        "role": category.role,
        "recipients": list(category.recipients),
    }
