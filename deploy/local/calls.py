"""The calls of the demonstration: whom each comes from, and what the agent's screen must say."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Expected:
    """A call to make ring, and what the agent's screen must then say."""

    title: str
    tenant: str
    ring: dict[str, Any]
    outcome: str
    people: tuple[str, ...]
    reasons: frozenset[str]
    signals: frozenset[str]

    @property
    def name(self) -> str | None:
        """Whom the screen must name; with several, or none, the agent chooses."""
        return self.people[0] if len(self.people) == 1 else None


CALLS = (
    Expected(
        "a customer whose renewal is near",
        "demointnet01",
        {"from": "+15125550171", "attestation": "A"},
        "matched",
        ("Jane Whitfield",),
        frozenset({"exact"}),
        frozenset({"renewal"}),
    ),
    Expected(
        "a household: the agent chooses",
        "demointnet01",
        {"from": "+14045550174"},
        "ambiguous",
        ("Thomas Avery", "Linda Avery"),
        frozenset({"exact", "shared"}),
        frozenset(),
    ),
    Expected(
        "an unknown caller",
        "demointnet01",
        {"from": "+15125550190"},
        "unknown",
        (),
        frozenset(),
        frozenset(),
    ),
    Expected(
        "a number that the network could not prove",
        "demointnet01",
        {"from": "+12125550182", "spoofed": True},
        "matched",
        ("Robert Okafor",),
        frozenset({"not_proven"}),
        frozenset({"attestation"}),
    ),
    Expected(
        "a withheld number",
        "demointnet01",
        {"withheld": True},
        "withheld",
        (),
        frozenset(),
        frozenset({"withheld"}),
    ),
    Expected(
        "a client in Riyadh",
        "demointerkey",
        {"from": "+966500000971"},
        "matched",
        ("نورة العتيبي",),
        frozenset({"exact"}),
        frozenset({"renewal"}),
    ),
)
