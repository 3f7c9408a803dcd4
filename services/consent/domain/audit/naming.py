"""Whom notes make known to the trail."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from libs.common.events import AuditNoted

_SCANNED = "privacy.scanned"


def made_known(noted: Iterable[AuditNoted], erased: Mapping[str, datetime]) -> set[str]:
    """The keyed codes of those who get an id that is kept.

    Not who was only looked for: an erased person, above all, is not kept anew by the scan that
    shows that nothing is left.
    """
    return {
        one.note.person
        for one in noted
        if one.note.person and one.note.action != _SCANNED and not of_before(one, erased)
    }


def of_before(one: AuditNoted, erased: Mapping[str, datetime]) -> bool:
    """Whether a note is of somebody as they were before they were erased.

    `erased` says when that ended. Others of the same batch may be of the time after it.
    """
    ended = erased.get(one.note.person or "")
    return ended is not None and one.at <= ended
