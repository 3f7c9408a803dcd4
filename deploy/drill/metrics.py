"""Counters of the services, added up over the lives of their processes.

A counter dies with its process, so each is sampled twice a second; what a process counted in
its last moments may be missed, and the sums are never too high.
"""

import asyncio
from collections import defaultdict
from typing import Self

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.drill.fleet import Fleet

PERIOD = 0.5
COUNTERS = {
    "absorbed": "inbox_duplicates_total",
    "repeated": "webhooks_total{result=repeated}",
    "refused": "webhooks_total{result=refused}",
    "spooled": "spooled_total",
}
"""Names in the table, and the counters behind them."""

_WANTED = sorted({counter.partition("{")[0] for counter in COUNTERS.values()})


class Metrics:
    """What the services have counted since this was entered."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._last: dict[tuple[str, int], dict[str, float]] = {}
        self._before: dict[str, float] = {}
        self._http = httpx.AsyncClient(timeout=1.0, trust_env=False)

    async def __aenter__(self) -> Self:
        await self._sample()
        self._before = self._totals()
        self._sampling = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._sampling.cancel()
        await asyncio.gather(self._sampling, return_exceptions=True)
        await self._sample()
        await self._http.aclose()

    def counts(self) -> dict[str, int]:
        """By the names of the table."""
        return {name: int(total - self._before[name]) for name, total in self._totals().items()}

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            await self._sample()

    async def _sample(self) -> None:
        """Asks every process once; one that does not answer keeps its last values."""
        for name, process in list(self._fleet.processes.items()):
            try:
                admin = self._fleet.addresses[name].admin
                answer = await self._http.get(f"{admin}/metrics", params={"name[]": _WANTED})
            except httpx.HTTPError:
                continue
            self._last[name, process.pid] = _values(answer.text)

    def _totals(self) -> dict[str, float]:
        return {
            name: sum(values.get(counter, 0.0) for values in self._last.values())
            for name, counter in COUNTERS.items()
        }


def _values(text: str) -> dict[str, float]:
    """Each counter as a whole, and by each label: `name{label=value}`."""
    values: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in _WANTED:
                values[sample.name] += sample.value
                for label, value in sample.labels.items():
                    values[f"{sample.name}{{{label}={value}}}"] += sample.value
    return values
