"""Whom notes make known to the trail."""

from collections.abc import Iterable

from libs.common.events import AuditNoted

_SCANNED = "privacy.scanned"


def made_known(noted: Iterable[AuditNoted]) -> set[str]:
    """The keyed codes of those who get an id that is kept.

    Not who was only looked for: an erased person, above all, is not kept anew by the scan that
    shows that nothing is left.
    """
    return {one.note.person for one in noted if one.note.person and one.note.action != _SCANNED}
