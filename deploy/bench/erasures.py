"""What a service does to erase one person, timed: stores by their handler, consent all it has."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

from deploy.bench import lives
from deploy.bench.agency import Agency, later, timed
from libs.common import clock
from libs.common.events import ErasureDone, ErasureOrdered
from libs.common.mongo import Work
from services.consent.domain.rights.asked import Asking
from services.consent.domain.rights.erasure import APART
from services.consent.domain.rights.stores import REQUIRED
from services.consent.handlers.rights import note_erased
from services.consent.store import Store, erasing
from services.consent.store.opening import open_request

Erase = Callable[[Agency[Any], str, dict[str, int]], Awaitable[float]]
"""Of an agency this person, of whom so many documents are there by entity; in milliseconds."""


def by_order(handler: Callable[[ErasureOrdered, Any, Work], Awaitable[None]]) -> Erase:
    """As the service takes an order. Raises ValueError where not all that is there goes."""

    async def erase(agency: Agency[Any], who: str, there: dict[str, int]) -> float:
        order = ErasureOrdered(request_id=_fresh(), subject=who, at=clock.now())
        took, emitted = await timed(agency.take(order, handler))
        (done,) = (fact for fact in emitted if isinstance(fact, ErasureDone))
        if {one.collection: one.documents for one in done.deleted} != there:
            raise ValueError(f"of {there} this was erased: {done.deleted}")
        return took

    return erase


async def in_ledger(agency: Agency[Store], who: str, _: dict[str, int]) -> float:
    """From the request to the certificate, with two answers of each store; the wait left out.

    The stores are asked about the number's own code as well: these people have it all in common.
    """
    asking = Asking(
        id=_fresh(),
        kind="erasure",
        channel="oral",
        subject=who,
        number=agency.store.rights.seal_number(lives.NUMBER),
        received_at=clock.now(),
        opened_by="usr_1",
    )

    async def begun(store: Store, work: Work) -> str:
        request = await open_request(asking, store, work)
        return str((await erasing.begin(request, "user:usr_1", store, work)).erasure)

    first, erasure = await timed(agency.units.write(agency.state, begun))

    async def again(store: Store, work: Work) -> None:
        await erasing.again(erasure, store, work)

    answered = await _answers(agency, asking.id, erasure, 1)
    with later(APART + timedelta(seconds=1), agency.files.clock):
        second, _none = await timed(agency.units.write(agency.state, again))
        answered += await _answers(agency, asking.id, erasure, 2)
    request = await agency.store.rights.requests.get(asking.id)
    if request is None or request.certificate is None:
        raise ValueError("a person who was erased has no certificate")
    return first + answered + second


async def _answers(agency: Agency[Store], request: str, erasure: str, number: int) -> float:
    entry, took = await agency.store.rights.erasures.get(erasure), 0.0
    for leg, store in product(entry.legs if entry else (), REQUIRED["erasure"]):
        done = ErasureDone(
            request_id=request, subject=leg.subject, store=store, at=clock.now(), round=number
        )
        took += (await timed(agency.take(done, note_erased)))[0]
    return took


def _fresh() -> str:
    return f"req_{uuid4().hex}"
