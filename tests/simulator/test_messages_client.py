"""The platform's own client and the stand-in understand each other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from services.messaging.clients import Letter, Provider
from services.messaging.domain.outcome import Answer
from tests.simulator.support import (
    API_KEY,
    CUSTOMER,
    OURS,
    PROFILE,
    TARGET,
    Clock,
    Target,
    built,
)

NEVER = datetime.max.replace(tzinfo=UTC)
LETTER = Letter("8e03978e40d543e8bc936894a57f9326", OURS, CUSTOMER, "مرحبا", PROFILE, NEVER)


@pytest.fixture
async def provider(target: Target, clock: Clock) -> AsyncIterator[Provider]:
    transport = httpx.ASGITransport(built(target, clock))
    provider = Provider("http://simulator.test", API_KEY, TARGET, transport)
    yield provider
    await provider.close()


async def test_it_sends_and_finds_the_receipts(
    provider: Provider, target: Target, clock: Clock
) -> None:
    target.answers = [401, 401]
    answer, told = await provider.send(LETTER)
    assert (answer.status, answer.codes, told.parts, told.cost) == (200, (), 1, "0.0140")
    assert [str(request.url) for request in target.requests] == [f"{TARGET}?ref={LETTER.ref}"] * 2
    receipts = await provider.receipts(LETTER.ref, clock.at)
    assert {receipt.status for receipt in receipts} == {"sent", "delivered"}
    assert {receipt.message_id for receipt in receipts} == {answer.provider_id}
    assert await provider.receipts("another", clock.at) == []


async def test_it_reads_a_message_back(provider: Provider) -> None:
    answer, _ = await provider.send(LETTER)
    shown = await provider.message(str(answer.provider_id), LETTER.ref)
    assert shown is not None
    assert (shown.status, shown.reference, shown.cost) == ("delivered", LETTER.ref, "0.0140")
    assert await provider.message("unknown", None) is None


async def test_it_reads_a_refusal(provider: Provider) -> None:
    answer, _ = await provider.send(replace(LETTER, number="5125550142"))
    assert answer == Answer(400, ("40310",))
