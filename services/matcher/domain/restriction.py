"""What is kept of somebody may be stored and not used: nobody is told then who calls or writes."""

from collections.abc import Iterable, Set

from services.matcher.domain.known import Known


def usable(own: Set[str], known: Iterable[Known], restricted: Set[str]) -> list[Known]:
    """Those on file who may be shown. All are keyed codes of numbers: `own` is the number of who
    calls or writes, in each of its spellings.

    Nobody may be where that number is restricted, and never somebody whose number on file is.
    """
    if own & restricted:
        return []
    return [person for person in known if person.subject not in restricted]
