"""Kafka: whether it answers, whether its topics are as the catalogue says, how far groups are."""

import asyncio
import logging
from collections.abc import Mapping

from deploy.cli.doctor.finding import Finding, fail, ok, warn
from libs.common.bus import lag, topics

ANSWER_SECONDS = 20.0
BEHIND, FAR_BEHIND = 1_000, 10_000
GROUPS = ("ingest", "matcher", "insights", "messaging", "consent")

_MEND = "intnet topics apply makes what is missing; the rest is your cluster's own tool to change."


async def findings(url: str) -> list[Finding]:
    """Lines for the cluster, its topics and each group."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it would say the same once more
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return [ok("kafka", "it answers"), await _topics(url), *await _groups(url)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the cluster does not answer
        said = f"it cannot be asked ({type(error).__name__})"
        return [fail("kafka", said, "Start it: ingest spools, and all others wait.")]


async def _topics(url: str) -> Finding:
    wrong = await topics.differences(url)
    if not wrong:
        return ok("topics", f"all {len(topics.CATALOGUE)} are as the catalogue says")
    missing = any(one.endswith("is missing") for one in wrong)
    return (fail if missing else warn)("topics", "; ".join(wrong), _MEND)


async def _groups(url: str) -> list[Finding]:
    async with lag.asking(url, "intnet") as groups:
        return [_group(group, await groups.places(group)) for group in GROUPS]


def _group(group: str, places: Mapping[tuple[str, int], lag.Place]) -> Finding:
    check = f"lag of {group}"
    behind: dict[str, int] = {}
    for (topic, _), place in places.items():
        behind[topic] = behind.get(topic, 0) + place.lag
    total, worst = sum(behind.values()), max(behind, key=lambda one: behind[one], default="")
    if total <= BEHIND:
        return ok(check, f"{total} records wait")
    said = f"{total} records wait, {behind[worst]} of them in {worst}"
    do = f"See whether {group} is ready, and whether its breaker is open; then add replicas."
    return fail(check, said, do) if total > FAR_BEHIND else warn(check, said, do)
