"""The ledger: what was accepted against what came of it, value by value.

Accepted is what the poster has a 200 for. It must have its effect, once, with the values that
were posted, under its tenant, in order; or lie in quarantine, where poison belongs.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import permutations

from deploy.drill import journal
from deploy.drill.evidence import Evidence, Place, Seen
from deploy.drill.poster import Answer
from deploy.drill.values import wrong_values

Event = tuple[str, str]
"""A tenant and an event id."""

PARKING = ("matcher", "insights")
"""The services whose parking takes an event out of the count of those that owe an effect."""


@dataclass
class Verdict:
    """Counts, and a sentence for each thing that is wrong.

    `disorder` counts order violations; `stale` cards that came behind their successor; `left`
    erased people who were found.
    """

    accepted: int = 0
    effects: int = 0
    parked: int = 0
    lost: int = 0
    doubled: int = 0
    disorder: int = 0
    stale: int = 0
    left: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def red(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.faults)


def settle(
    found: Evidence, poisoned: Collection[tuple[str, str]] = (), *, ordered: bool = True
) -> Verdict:
    """Compares everything; `poisoned` are service and place of what must be parked, no more."""
    verdict = Verdict()
    accepted = first_accepted(found.posted)
    verdict.accepted = len(accepted)
    for answer in accepted.values():
        missing = _missing(found, answer)
        verdict.effects += not missing and answer.tenant is not None
        verdict.lost += bool(missing)
        if missing:
            verdict.faults.append(f"lost: {answer.kind} {answer.id}: {missing}")
    _settle_parked(found, set(poisoned), verdict)
    _settle_doubles(found, verdict)
    if ordered:
        _settle_order(found, accepted.values(), verdict)
    _settle_strays(found, verdict)
    return verdict


def first_accepted(posted: Iterable[Answer]) -> dict[tuple[str | None, str], Answer]:
    """The first 200 of each event of each tenant."""
    accepted: dict[tuple[str | None, str], Answer] = {}
    for answer in posted:
        if answer.status == 200:
            accepted.setdefault((answer.tenant, answer.id), answer)
    return accepted


def _missing(found: Evidence, answer: Answer) -> str:
    """What is missing or wrong; empty where all is there."""
    reason = found.quarantine.get(answer.id)
    if answer.tenant is None:
        return "" if reason else "poison that is not in quarantine"
    place = (answer.tenant, str(answer.session))
    produced = [s for s in found.by_session("calls.v1").get(place, ()) if s.event.id == answer.id]
    if not produced:
        return f"in quarantine: {reason}" if reason else "never produced"
    for service in PARKING:
        for seen in produced:
            if parked := found.parked_places().get((service, seen.record.place)):
                return f"parked by {service}: {parked}"
    wrong = wrong_values(found, place, answer)
    return f"not processed: {wrong}" if wrong else ""


def _settle_parked(found: Evidence, poisoned: set[tuple[str, str]], verdict: Verdict) -> None:
    parked = found.parked_places()
    verdict.parked = len(found.quarantine) + len(parked)
    for service, place in sorted(poisoned - set(parked)):
        verdict.lost += 1
        verdict.faults.append(f"lost: poison at {place} vanished from {service}")
    for service, place in sorted(set(parked) - poisoned):
        reason = parked[service, place]
        verdict.faults.append(f"parked by {service} and no poison: {place}: {reason}")


def _settle_doubles(found: Evidence, verdict: Verdict) -> None:
    for effect in found.effects:
        if effect.times > 1:
            verdict.doubled += effect.times - 1
            verdict.faults.append(
                f"doubled: {effect.handler} of {effect.about} took effect {effect.times} times"
            )
    for topic in ("matches.v1", "insights.v1"):
        for place, events in found.by_session(topic).items():
            if extra := _extra(events):
                verdict.doubled += extra
                verdict.faults.append(f"doubled: {extra} more on {topic} for {place[1]}")
    for place, cards in found.cards.items():
        if len(cards) > 1:
            verdict.doubled += len(cards) - 1
            verdict.faults.append(f"doubled: {len(cards)} cards of {place[1]}")


def _extra(events: Iterable[Seen]) -> int:
    """How many more different events than there are facts; a repeated record is no other event."""
    facts, contents = set(), set()
    for seen in events:
        facts.add((seen.event.type, seen.event.data.get("version")))
        contents.add((seen.event.id, str(seen.event.data)))
    return len(contents) - len(facts)


def _settle_order(found: Evidence, accepted: Iterable[Answer], verdict: Verdict) -> None:
    faults = list(_produced_late(found, accepted))
    fresh = [step for step in found.steps if step.work not in found.earlier]
    if late := journal.out_of_order(fresh):
        faults.append(f"order: {late} records done before an older one of their key")
        verdict.disorder += late - 1
    verdict.disorder += len(faults)
    verdict.faults += faults
    verdict.stale = _stale_cards(found)


def _produced_late(found: Evidence, accepted: Iterable[Answer]) -> Iterable[str]:
    """What was answered before the next of its call was posted must lie before it in the log."""
    offsets: dict[Event, int] = {}
    for seen in found.topics.get("calls.v1", ()):
        offsets.setdefault((seen.event.tenantid, seen.event.id), seen.record.offset)
    tries: dict[Event, float] = {}
    for answer in found.posted:
        tries[_event(answer)] = min(answer.began, tries.get(_event(answer), answer.began))
    calls: dict[Place, list[Answer]] = {}
    for answer in accepted:
        if _event(answer) in offsets:
            calls.setdefault((str(answer.tenant), str(answer.session)), []).append(answer)
    for (_, session), events in calls.items():
        for one, other in permutations(events, 2):
            first = one.at < tries[_event(other)]
            if first and offsets[_event(one)] > offsets[_event(other)]:
                yield f"order: {one.kind} of {session} lies behind {other.kind}"


def _event(answer: Answer) -> Event:
    return str(answer.tenant), answer.id


def _stale_cards(found: Evidence) -> int:
    """Cards that came behind a higher version. The highest counts, so this is no fault."""
    stale = 0
    for events in found.by_session("insights.v1").values():
        versions = list(dict.fromkeys(int(str(s.event.data["version"])) for s in events))
        stale += versions != sorted(versions)
    return stale


def _settle_strays(found: Evidence, verdict: Verdict) -> None:
    """A session under a tenant that it was not posted for."""
    owners = {(a.tenant, a.session) for a in found.posted if a.tenant}
    kept = [*found.records, *found.cards, *((e.tenant, e.about) for e in found.effects)]
    for tenant, session in sorted(set(kept) - {(str(t), str(s)) for t, s in owners}):
        verdict.faults.append(f"strayed: {tenant} holds {session}")
