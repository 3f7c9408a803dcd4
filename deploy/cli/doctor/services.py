"""The services as their admin ports tell of them: alive, ready, what time it is, and figures."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.cli.doctor import clocks
from deploy.cli.doctor.finding import Finding, fail, ok, unset
from deploy.cli.settings import Settings
from libs.common.bus.topics import SERVICES

ANSWER_SECONDS = 5.0

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True)
class Told:
    """What one process says. `reasons` why it is not ready; `silent` why nothing was heard.

    `apart` is how far its clock is from the one here.
    """

    service: str
    silent: str = ""
    live: bool = False
    reasons: Sequence[str] = ()
    apart: timedelta | None = None
    samples: Mapping[str, Sequence[Sample]] = field(default_factory=dict)

    def finding(self) -> Finding:
        """In a line."""
        if self.silent:
            return fail(self.service, self.silent, "Start it; its log says why it ended.")
        if not self.live:
            said = f"it makes no progress: {'; '.join(self.reasons)}"
            return fail(self.service, said, "Start it anew.")
        if self.reasons:
            said = f"it is not ready: {'; '.join(self.reasons)}"
            return fail(self.service, said, "Mend what it names; it goes on by itself.")
        return ok(self.service, "it is alive and ready")


async def all_told(told: Settings) -> list[Told | Finding]:
    """Each service's own words, side by side; a finding where nobody says where it is."""
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as http:
        return await asyncio.gather(*(_told(told, service, http) for service in SERVICES))


async def _told(told: Settings, service: str, http: httpx.AsyncClient) -> Told | Finding:
    url = getattr(told, f"{service}_admin_url")
    if url is None:
        return unset(service, f"INTNET_{service.upper()}_ADMIN_URL")
    base = str(url).rstrip("/")
    try:
        live = await http.get(f"{base}/livez")
        apart = _apart(live)
        ready, metrics = [await http.get(f"{base}/{path}") for path in ("readyz", "metrics")]
        reasons = [str(one) for answer in (live, ready) for one in answer.json()["reasons"]]
        samples = _samples(metrics.text)
    except httpx.HTTPError as error:
        return Told(service, f"it does not answer ({type(error).__name__})")
    except (ValueError, LookupError, TypeError):
        return Told(service, "something else than a service answers there")
    return Told(service, "", live.is_success, reasons, apart, samples)


def _samples(text: str) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def _apart(answer: httpx.Response) -> timedelta | None:
    """As exact as the header is, which is a second."""
    try:
        there = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return None
    return abs(clocks.here() - there)


def findings(all_of_them: Sequence[Told | Finding]) -> Iterator[Finding]:
    """A line for each."""
    for one in all_of_them:
        yield one.finding() if isinstance(one, Told) else one
