"""How long a field is kept, from what its entity, its indexes or its topic say."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from deploy.schemas.kinds import Kind, topic_of
from libs.common.mongo import Entity
from libs.common.profiles import Profile

_DAY: Final = 86_400


@dataclass(frozen=True)
class Period:
    """In words; `category` names the days of a profile, which stand where `{days}` does."""

    words: str
    category: str | None = None

    def under(self, profile: Profile) -> str:
        """As it is for the agencies of an operator."""
        days = profile.kept_days[self.category] if self.category else None
        return self.words.format(days=days)


IN_PASSING: Final = Period("not kept: asked for or answered, and kept as the collections say")
PUBLISHED: Final = Period("until the event is published")
HOUR: Final = Period("an hour after the last try")
_MEMBERSHIP: Final = Period("as long as the agency is a customer")
_PERSON: Final = Period("as long as the agency is a customer, or until the person is erased")
# What code takes away as soon as it is done with it, rather than a clock.
_UNTIL_DONE: Final = {
    "outbox": PUBLISHED,
    "trail": Period("until it is on its way to the sealed record"),
    "due": Period("until the message is final"),
}


def of_document(entity: Entity, field: str) -> Period:
    """The period of one field of a collection."""
    top = field.partition(".")[0]
    found = [kept for kept in entity.kept if top == kept.emptied]
    found += [kept for kept in entity.kept if not kept.emptied]
    if found:
        return Period(f"{{days}} days after {found[0].since}", found[0].category)
    return _expiry(entity) or _UNTIL_DONE.get(entity.name) or _unlimited(entity)


def of_event(kind: Kind) -> Period:
    """The period of its topic."""
    topic = topic_of(kind)
    if topic.compacted:
        return Period("the last per key, as long as the agency is a customer")
    return Period(f"{topic.days} days" if topic.days else "for good: the sealed record")


def _expiry(entity: Entity) -> Period | None:
    """What an index of the server takes away."""
    for index in entity.indexes:
        if index.ttl is not None:
            (field, _) = index.keys[0]
            days = ceil(index.ttl / _DAY)
            return Period(f"{days} days after {field}" if days else f"until {field}")
    return None


def _unlimited(entity: Entity) -> Period:
    return _PERSON if entity.person else _MEMBERSHIP
