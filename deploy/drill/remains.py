"""What is left of erased people, and what their certificates say may be.

Looked for as `intnet privacy scan` does it, by number in every spelling; and, since what is sealed
cannot be looked into, by the keyed code under which every store keeps a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.scan.crowd import Crowd
from deploy.scan.places import Databases, blocks
from deploy.scan.traces import Traces

STORES = frozenset({"gateway", "ingest", "insights", "matcher", "messaging"})

KEPT: Mapping[str, frozenset[str]] = {
    "suppression_code": frozenset(
        {
            *("matcher.erased", "matcher.restrictions", "messaging.consents"),
            *("insights.objections", "consent.suppressions"),
        }
    ),
    "consent_evidence": frozenset({"consent.ledger", "consent.states"}),
    "request": frozenset({"consent.requests", "consent.erasures"}),
}
"""Where a person's code may be, by what the certificate says is kept. No number may be anywhere."""

_OWN = "drill_effects"


@dataclass
class Remains:
    """By person: the places that hold the number, and those that hold the code; and how many
    documents and pieces of files were read."""

    numbers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    codes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    read: int = 0

    def note(self, place: str, content: bytes, crowd: Crowd, codes: Mapping[str, str]) -> None:
        """One more was read."""
        self.read += 1
        for number in crowd.among(content):
            self.numbers[number].add(place)
        for number, code in codes.items():
            if code.encode() in content:
                self.codes[number].add(place)


def search(mongo_url: str, logs: Sequence[Path], codes: Mapping[str, str]) -> Remains:
    """Everything about everybody; `codes` by number (E.164, of one country and area).

    Raises what reading may raise: nobody can tell of what was not read.
    """
    found = Remains()
    crowd = Crowd([Traces(number, number.removeprefix("+1")) for number in codes])
    with Databases(mongo_url) as databases:
        for database, name in databases.collections(None):
            place = f"{database}.{name.partition('__')[0]}"
            for raw in databases.documents(database, name):
                found.note(place, raw, crowd, {} if name.startswith(_OWN) else codes)
    for log in logs:
        for block in blocks(log):
            found.note(f"file {log}", block, crowd, codes)
    return found


def faults(proof: Mapping[str, Any], numbers: Iterable[str], codes: Iterable[str]) -> list[str]:
    """What is wrong with one person's erasure: no proof, or somewhere that it does not allow."""
    told = proof.get("certificate")
    if not told:
        return ["not erased: there is no certificate"]
    silent = STORES - {one["store"] for one in told["stores"]}
    allowed = {place for one in told["kept"] for place in KEPT.get(one["what"], ())}
    return [
        *(f"not erased: the certificate lacks {store}" for store in sorted(silent)),
        *(f"left: the number is in {place}" for place in sorted(numbers)),
        *(f"left: the code is in {place}" for place in sorted(set(codes) - allowed)),
    ]


def seconds(proof: Mapping[str, Any]) -> float | None:
    """From the entry in the ledger to the last store's proof; None without a certificate."""
    told = proof.get("certificate")
    if not told:
        return None
    began, ended = (datetime.fromisoformat(told[at]) for at in ("ordered_at", "completed_at"))
    return (ended - began).total_seconds()
