"""Whether the platform says of a call what was posted about it: record, match, card."""

from datetime import datetime
from typing import Any

from deploy.drill.evidence import Evidence, Place
from deploy.drill.poster import Answer

Expected = dict[str, str | None]


def wrong_values(found: Evidence, place: Place, answer: Answer) -> str:
    """What is missing or wrong of one event; empty where all is right."""
    legs = found.records.get(place, {}).get("legs", ())
    if len(legs) != 1:
        return f"{len(legs)} legs in the call record"
    if answer.kind == "call.initiated":
        return (
            _wrong_start(legs[0], answer.expected)
            or _wrong_match(found, place, answer.expected)
            or _wrong_card(found, place, answer.expected)
        )
    part, moment = _LATER[answer.kind]
    reported = (legs[0].get(part) or {}).get(moment)
    if reported is None:
        return f"not {part} in the call record"
    return "" if _same(reported, answer.expected["at"]) else f"{part} at another moment"


_LATER = {"call.answered": ("answered", "occurred_at"), "call.hangup": ("ended", "ended_at")}


def _wrong_start(leg: dict[str, Any], expected: Expected) -> str:
    started = leg.get("started")
    if not started:
        return "no start in the call record"
    if started["party"] != expected["party"]:
        return "another caller in the call record"
    same = _same(started["started_at"], expected["started_at"])
    return "" if same else "another start in the call record"


def _wrong_match(found: Evidence, place: Place, expected: Expected) -> str:
    matches = found.by_session("matches.v1").get(place, ())
    if not matches:
        return "no match"
    data: Any = matches[-1].event.data
    name = data["candidates"][0]["name"] if data["outcome"] == "matched" else None
    if data["outcome"] != expected["outcome"]:
        return f"matched as {data['outcome']}, not {expected['outcome']}"
    return "" if name == expected["name"] else "matched with another customer"


def _wrong_card(found: Evidence, place: Place, expected: Expected) -> str:
    stored = found.cards.get(place, ())
    shown = found.by_session("insights.v1").get(place, ())
    if not stored or not shown:
        return "no card"
    latest: Any = max(
        (seen.event.data for seen in shown), key=lambda data: int(str(data["version"]))
    )
    if latest["version"] != 2:
        return "the card does not know the match"
    if stored[0]["card"] != latest:
        return "the stored card is not the one that was sent"
    known = any(made.startswith("customer/") for made in latest["inputs"])
    return "" if known == bool(expected["name"]) else "a card of another customer"


def _same(one: str, other: str | None) -> bool:
    return other is not None and datetime.fromisoformat(one) == datetime.fromisoformat(other)
