"""Whatever happens in whatever order: who takes consent back is sent no promotion after that."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.events import TenantClosed, TenantSaved
from services.messaging.jobs import Reconciling, Sending
from services.messaging.store import Store
from tests.messaging.given import DAN, NOON, Time, agency_facts, asked, beat, built, consent, wrote
from tests.messaging.provider import Telnyx, once, refused
from tests.support.http import Harness


class Killed(BaseException):
    """The process dies here."""


class Play:
    """One agency and one person: `granted` is the ledger's last word, `stopped` the person's."""

    def __init__(self, house: Harness[Store], agency: TenantSaved, time: Time) -> None:
        self.house, self.agency, self.time = house, agency, time
        self.telnyx = Telnyx()
        self.version, self.asked = 0, 0
        self.granted, self.stopped = False, False
        self.restart()

    def restart(self) -> None:
        running = cast(Any, self.house)
        self.sending = Sending(running, self.telnyx.provider())
        self.reconciling = Reconciling(running, self.telnyx.provider())

    async def run(self, actions: list[str]) -> None:
        for action in actions:
            self.time.pass_(1)
            await beat(self.house)
            done = getattr(self, action)()
            if done is not None:
                await done

    async def ask(self, later: int = 0) -> None:
        self.asked += 1
        at = clock.now().replace(microsecond=0) + timedelta(seconds=later)
        body = asked("promotional", DAN, text=f"n{self.asked}", send_at=at.isoformat())
        answer = await self.house.client(self.agency).post("/v1/messages", json=body)
        assert (answer.status_code == 202) == (self.granted and not self.stopped)

    async def ask_later(self) -> None:
        await self.ask(90)

    async def claim(self) -> None:
        """A round; nothing goes to a person who does not want it."""
        before, willing = len(self.telnyx.log), self.granted and not self.stopped
        stops = [one for one in self.telnyx.answers if _is_stop(one)]
        with suppress(BaseExceptionGroup):
            await once(self.sending)
        await self.reconciling.round()
        sent = [one["text"] for one in self.telnyx.log[before:] if one["text"].startswith("n")]
        assert willing or not sent
        if stops and not [one for one in self.telnyx.answers if _is_stop(one)]:
            self.stopped = True

    async def claim_while_stopping(self) -> None:
        """Which of the two is first is open; from then on it is not."""
        self.telnyx.answers.clear()
        await asyncio.gather(self.stop(), once(self.sending))

    async def stop(self) -> None:
        self.stopped = True
        await self.house.take(wrote(self.house, self.agency, "STOP", keyword="stop"), self.agency)

    async def start(self) -> None:
        self.stopped = False
        await self.house.take(wrote(self.house, self.agency, "START", keyword="start"), self.agency)

    async def grant(self) -> None:
        self.granted, self.stopped = True, False
        await self._say("granted")

    async def withdraw(self) -> None:
        self.granted = False
        await self._say("withdrawn")

    async def suppress(self) -> None:
        self.granted = False
        await self._say("withdrawn", suppressed=True)

    async def suspect(self) -> None:
        self.granted, self.stopped = False, False
        await self._say("granted", suspected=True)

    async def old_grant(self) -> None:
        """It comes once more, or late: the ledger has spoken since."""
        await self.house.take(consent(self.house, self.agency, self.version), self.agency)

    async def _say(self, state: str, **said: Any) -> None:
        self.version += 1
        said_now = consent(self.house, self.agency, self.version, state, **said)
        await self.house.take(said_now, self.agency)

    def no_connection(self) -> None:
        self.telnyx.answers = [httpx.ConnectError("no")]

    def lost_answer(self) -> None:
        self.telnyx.answers = [httpx.ReadTimeout("no")]

    def provider_stop(self) -> None:
        self.telnyx.answers = [refused(400, "40300")]

    def crash(self) -> None:
        self.telnyx.answers = [Killed()]

    def wait(self) -> None:
        self.time.pass_(100)


def _is_stop(answer: Any) -> bool:
    return isinstance(answer, httpx.Response) and answer.status_code == 400


ACTIONS = (
    *("ask", "ask_later", "claim", "claim_while_stopping", "wait", "restart", "crash"),
    *("stop", "start", "grant", "withdraw", "suppress", "suspect", "old_grant"),
    *("no_connection", "lost_answer", "provider_stop"),
)
LIKELY = ("grant", "ask", "ask_later", "claim", "wait")


def test_no_promotion_is_claimed_after_a_withdrawal_was_applied(tmp_path: Path, time: Time) -> None:
    with asyncio.Runner() as runner:
        house = runner.run(built(tmp_path))

        async def play(actions: list[str]) -> None:
            agency = await house.open(**agency_facts())
            stage = Play(house, agency, time)
            await stage.run(["grant", *actions, "wait", "claim", "wait", "claim"])
            gone = Counter(text for text in stage.telnyx.doubtful if text.startswith("n"))
            assert max(gone.values(), default=0) <= 1
            house.tenants.put(TenantClosed(tenant=agency.tenant))

        @settings(deadline=None, max_examples=150)
        @given(st.lists(st.sampled_from(ACTIONS + LIKELY), max_size=14))
        def example(actions: list[str]) -> None:
            time.now = NOON
            runner.run(play(actions))

        example()
        runner.run(house.close())
