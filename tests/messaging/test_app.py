"""What messaging is told beyond other services, and how long its jobs last."""

import asyncio
from types import SimpleNamespace

import pytest

from libs.common.service import Job
from libs.common.settings import SettingsError
from services.messaging.settings import Settings
from services.messaging.store import Store
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@in_memory
def test_addresses_are_plain_urls(house: Harness[Store]) -> None:
    given = house.settings.model_dump(exclude={"telnyx_url", "webhook_url", "rate", "burst"})
    hook = "https://hooks.example.com/webhooks/telnyx"
    told = Settings(**given, telnyx_url="https://api.telnyx.com", webhook_url=f"{hook}/")
    assert (told.webhook_url, told.rate, told.burst) == (hook, 10.0, 10)
    for url in ("https://api.telnyx.com?key=1", "https://api.telnyx.com/#a", "api.telnyx.com"):
        with pytest.raises(SettingsError, match=r"MESSAGING_TELNYX_URL.*without a query"):
            Settings(**given, telnyx_url=url, webhook_url=hook)


@in_memory
async def test_its_jobs_run_until_the_service_stops(house: Harness[Store]) -> None:
    stopping = asyncio.Event()
    running = SimpleNamespace(units=house.units, tenants=house.tenants, stopping=stopping)

    async def run(job: Job) -> None:
        await job(running)

    jobs = [asyncio.create_task(run(job)) for job in (*house.service.ending, *house.service.jobs)]
    await asyncio.sleep(0)
    assert not any(job.done() for job in jobs)
    stopping.set()
    house.units.read("platform").desk.bell.set()
    *ending, closing = jobs
    await asyncio.gather(*ending)
    closing.cancel()
    assert isinstance((await asyncio.gather(closing, return_exceptions=True))[0], BaseException)
