"""What goes with the data: who is responsible, what it is for, and what the person can do."""

from collections.abc import Mapping
from typing import Any

from libs.common.profiles import Profile, Recipient
from services.consent.domain.rights.package.material import Material, moment
from services.consent.domain.rights.package.words import Said, facts


def of(material: Material, replaced: Mapping[str, int]) -> dict[str, Any]:
    """about.json; each text in English and Arabic. `replaced` counts what the masks stand for."""
    profile = material.profile
    acts_for = profile.role == "processor"
    return {
        "request": material.request,
        "received_at": moment(material.received_at),
        "made_at": moment(material.made_at),
        "controller": material.agency if acts_for else profile.name,
        "processor": profile.name if acts_for else None,
        "contact": profile.contact.model_dump(exclude_none=True),
        "purposes": [
            {"purpose": _both(said), "basis": _both(facts.BASES[profile.purposes[purpose]])}
            for purpose, said in facts.PURPOSES.items()
        ],
        "kept_for": [
            {"what": _both(said), "days": material.kept_days[category]}
            for category, said in facts.PERIODS.items()
            if category in material.kept_days
        ],
        "recipients": [_recipient(one, profile) for one in profile.recipients.values()],
        "sources": [_both(said) for said in facts.SOURCES],
        "indicators": _both(facts.INDICATORS),
        "rights": [_both(said) for said in facts.RIGHTS],
        "complaint": _both(facts.COMPLAINTS.get(profile.jurisdiction, facts.COMPLAINTS[""])),
        "kept_after_an_erasure": {name: _both(said) for name, said in facts.KEPT.items()},
        "read_at": {store: moment(at) for store, at in sorted(material.read_at.items())},
        "replaced": {**replaced, "meaning": _both(facts.REPLACED)},
    }


def _recipient(one: Recipient, profile: Profile) -> dict[str, Any]:
    """Who else gets something; only a company is called by its name."""
    abroad = one.country is not None and one.country != profile.jurisdiction
    what = [facts.RECIPIENTS[one.kind], *([facts.ABROAD] if abroad else [])]
    named = {"name", "country", "terms"} if one.kind == "telecom" else set[str]()
    told = one.model_dump(include=named | {"kind"}, exclude_none=True)
    return told | {"what": _both(Said(*(" ".join(parts) for parts in zip(*what, strict=True))))}


def _both(said: Said) -> dict[str, str]:
    return said._asdict()
