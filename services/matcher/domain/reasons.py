"""Why a customer is a candidate, in sentences for the agent."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from libs.common.events import Reason
from services.matcher.domain.keys import Closeness
from services.matcher.domain.known import Known

_HOW: Final[dict[Closeness, str]] = {
    "exact_extension": "The number and the extension are exactly the ones on file.",
    "exact": "The number is exactly the one on file.",
    "variant": "The number is another spelling of the one on file.",
    "national": "The number is the one on file but for the country code.",
}
_SOON_DAYS: Final = 30


def reasons(person: Known, shared: int, today: date, *, proven: bool) -> tuple[Reason, ...]:
    """The reasons, the most telling first.

    `shared` counts the customers with exactly this number. Nothing about the contract is said
    where the number is not `proven` to be the caller's.
    """
    said = [Reason(code=person.how, sentence=_HOW[person.how])]
    if not proven:
        said.append(_reason("not_proven", "The number is not proven to be the caller's."))
    if shared > 1:
        said.append(_reason("shared", f"{shared} people share this number."))
    if person.primary:
        said.append(_reason("primary", "It is this customer's main number."))
    if proven:
        said.extend(_contract(person, today))
    return tuple(said)


def _contract(person: Known, today: date) -> Iterator[Reason]:
    if person.status == "active":
        yield _reason("active", "The policy is active.")
    if person.renewal_on is None:
        return
    days = (person.renewal_on - today).days
    if 0 <= days <= _SOON_DAYS:
        when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        yield _reason("renewal_near", f"The policy renews {when}.")


def _reason(code: str, sentence: str) -> Reason:
    return Reason(code=code, sentence=sentence)
