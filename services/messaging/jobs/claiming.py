"""One claim: in one transaction, everything is asked once more, and an attempt begins."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex

from libs.common.mongo import Work
from services.messaging.clients import Letter
from services.messaging.domain import bucket, steps
from services.messaging.domain.agency import profile_of
from services.messaging.domain.gate import UNKNOWN, Allowed, Later, Refused
from services.messaging.domain.message import Message
from services.messaging.domain.refusals import EXPIRED
from services.messaging.domain.setbacks import ASKING, Setback
from services.messaging.domain.steps import Step
from services.messaging.store import Due, Pace, Store

MOST_SLOTS = 10_000


Queue = tuple[str, str, bool]
"""A tenant's sender, and whether it is for those that can wait."""


def queue_of(due: Due) -> Queue:
    """Where a message queues."""
    return due.tenant, due.sender or "", not due.urgent


class Slots:
    """Where the messages of a sender queue, so that each is looked at once, and not all at once.

    They are a courtesy: what is kept of the sender's pace decides.
    """

    def __init__(self) -> None:
        self._last: dict[Queue, datetime] = {}

    def after(self, queue: Queue, earliest: datetime, rate: float) -> datetime:
        """The next free one, not before `earliest`."""
        if len(self._last) > MOST_SLOTS:
            self._last.clear()
        last = self._last.get(queue)
        slot = max(earliest, last + timedelta(seconds=1 / rate)) if last else earliest
        self._last[queue] = slot
        return slot


class Turns:
    """What a round has learned of senders that have no turn: it need not ask for each message."""

    def __init__(self, slots: Slots, rate: float) -> None:
        self._slots = slots
        self._rate = rate
        self._free_at: dict[tuple[str, str], datetime] = {}

    def note(self, due: Due, free_at: datetime | None) -> None:
        """From when on the sender of this message may have a turn."""
        if due.sender is not None and free_at is not None:
            self._free_at[due.tenant, due.sender] = free_at

    def slot(self, due: Due, now: datetime) -> datetime | None:
        """The slot of a message whose sender has no turn now; None for one that is to be claimed.

        What is urgent fails at its claim where the sender rests for too long.
        """
        free_at = self._free_at.get((due.tenant, due.sender or ""))
        if free_at is None or free_at <= now or (due.urgent and free_at - now > steps.GIVE_UP):
            return None
        return self._slots.after(queue_of(due), free_at, self._rate)


class Claim:
    """Begins the attempt of one message, if it may be sent now.

    After it, `later` is when to look at the message again, and `free_at` from when on its sender
    may have another turn; None where nothing is known of that. `setback` is why it has none.
    """

    def __init__(self, due: Due, slots: Slots) -> None:
        self._due = due
        self._message_id = due.message
        self._slots = slots
        self.later: datetime | None = None
        self.free_at: datetime | None = None
        self.setback: Setback | None = None
        self._asks: list[str] = []

    async def run(self, store: Store, work: Work) -> Letter | None:
        """What is to be sent. It may run several times, where a stop commits at the same moment."""
        self.later = self.free_at = self.setback = None
        self._asks = []
        since = await store.due.since(self._message_id)
        if since is None or since > work.now:
            return None  # another process was faster
        message = await store.messages.get(self._message_id)
        if message is None or message.state != "queued":
            await store.due.set(self._message_id, "queued", None)
            return None
        if message.useless_at is not None and message.useless_at <= work.now:
            expired = steps.blocked(message, "expired", EXPIRED, work.now)
            await self._take(expired, message, store, work)
            return None
        number = store.messages.number(message)
        verdict = await store.decide(message, number, work.tenant, work.now)
        if not isinstance(verdict, Allowed):
            await self._put_off(message, verdict, store, work)
            return None
        free_at = await self._turn(message, store, work)
        if free_at is not None:
            await self._take(self._waits(message, free_at, work), message, store, work)
            return None
        return await self._begin(message, number, store, work)

    async def _put_off(
        self, message: Message, verdict: Refused | Later, store: Store, work: Work
    ) -> None:
        """What the gate refuses is blocked; not yet while consent may only be late."""
        step = None
        if isinstance(verdict, Later):
            step = steps.postponed(verdict.until)
        elif verdict.code == UNKNOWN:
            step = steps.undecidable(message, await store.heard.last(), work.now)
        if step is None:
            step = steps.blocked(message, verdict.code, verdict.sentence, work.now)
        await self._take(step, message, store, work)

    def _waits(self, message: Message, until: datetime, work: Work) -> Step:
        if self.setback is not None:
            return steps.set_back(message, self.setback, until, work.now)
        return steps.kept_waiting(message, until, work.now)

    async def _turn(self, message: Message, store: Store, work: Work) -> datetime | None:
        """Takes the sender's turn; where it has none, from when on it may have one."""
        line, rate, burst = str(message.line), store.desk.rate, store.desk.burst
        profile = profile_of(work.tenant, work.now)
        paces = await store.senders.paces([line, *([profile] if profile else [])])
        until = self._rest(paces.values(), work.now, rate)
        if until is not None:
            return until
        pace = paces[line]
        tokens = burst if pace.tokens is None else pace.tokens
        at = pace.at or work.now
        taken = bucket.take(tokens, at, work.now, rate, burst)
        if taken.granted or at > work.now:  # a clock was ahead: the tokens count from now
            await store.senders.spend(line, taken.tokens, work.now)
        self.free_at = work.now + bucket.until_next(taken.tokens, rate)
        if not taken.granted:
            return self._slots.after(queue_of(self._due), self.free_at, rate)
        await self._ask(paces, store, work)
        return None

    def _rest(self, paces: Iterable[Pace], now: datetime, rate: float) -> datetime | None:
        """Until when the sender or the profile rests; None where they do not.

        Who is set back may be so for hours: each message is looked at, though no faster than it
        would be sent, so that it does not wait for ever.
        """
        for pace in paces:
            until, setback = pace.held_until, pace.setback
            if setback is not None and (ends := setback.rests_until(now)):
                self.setback, self.free_at = setback, now + timedelta(seconds=1 / rate)
                return ends
            if until is not None and until > now:
                self.free_at = until
                return until
        return None

    async def _ask(self, paces: Mapping[str, Pace], store: Store, work: Work) -> None:
        """Where the provider refused before, the others wait for the answer to this one."""
        for value, pace in paces.items():
            if pace.setback is not None and not pace.setback.over:
                await store.senders.set_back(value, pace.setback.asked(work.now))
                self.free_at = work.now + ASKING
                self._asks.append(value)

    async def _begin(self, message: Message, number: str, store: Store, work: Work) -> Letter:
        """Touches the person's consent, so that a stop at this moment runs against it."""
        ref = token_hex(16)
        await store.consents.touch(message.subject, work.now)
        step = steps.claimed(message, ref, work.now)
        await store.follow(message, step, work)
        return Letter(
            ref=ref,
            line=str(message.line),
            number=number,
            text=store.messages.text(message) or "",
            profile=profile_of(work.tenant, work.now),
            lease_until=step.fields["lease_until"],
            traceparent=message.traceparent,
            asks=tuple(self._asks),
        )

    async def _take(self, step: Step, message: Message, store: Store, work: Work) -> None:
        self.later = step.due
        await store.follow(message, step, work)
