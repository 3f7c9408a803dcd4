"""Whether two notes with one number are one note.

A service that was restored from an older copy of its database gives numbers a second time.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from libs.common.events import AuditNoted
from services.consent.domain.audit.entry import instant
from services.consent.domain.audit.withheld import WITHHELD

_TOLD = ("action", "actor", "outcome")
_LOOKED_AT = ("object", "reason")


@dataclass(frozen=True)
class Kept:
    """What is kept of a note that was sealed: its entry's text, and its id where it had one."""

    entry: str
    note_id: str | None = None


def identity(noted: AuditNoted) -> str:
    """The same for a note however often it comes, and another for every other note."""
    told = noted.note_id or sha256(noted.model_dump_json().encode()).hexdigest()
    return f"{noted.source}/{noted.source_seq}/{told}"


def sealed(noted: Iterable[AuditNoted], kept: Iterable[Kept]) -> set[str]:
    """Of these notes the identities of those that became one of the entries that are kept."""
    by_number: dict[tuple[str, int], list[tuple[Kept, dict[str, Any]]]] = {}
    for one in kept:
        told = json.loads(one.entry)
        by_number.setdefault((told["source"], told["source_seq"]), []).append((one, told))
    return {
        identity(one)
        for one in noted
        if any(
            _is(one, known, told) for known, told in by_number.get((one.source, one.source_seq), ())
        )
    }


def _is(noted: AuditNoted, kept: Kept, told: Mapping[str, Any]) -> bool:
    """Ids decide where both have one. Else all that the entry says: its `person` is another name,
    which may be forgotten, so only whether there is one counts.
    """
    if noted.note_id and kept.note_id:
        return noted.note_id == kept.note_id
    note = noted.note
    return (
        told["time"] == instant(noted.at)
        and all(told[name] == getattr(note, name) for name in _TOLD)
        and all(told[name] in (getattr(note, name), WITHHELD) for name in _LOOKED_AT)
        and (told["person"] is None) == (note.person is None)
        and told["facts"].keys() == note.facts.keys()
        and all(told["facts"][name] in (value, WITHHELD) for name, value in note.facts.items())
    )
