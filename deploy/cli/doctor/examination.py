"""All checks: who is asked is asked side by side, and told of in one order."""

import asyncio
from datetime import timedelta

from deploy.cli.doctor import clocks, cluster, database, figures, files, services
from deploy.cli.doctor.finding import Finding, unset
from deploy.cli.doctor.services import Told
from deploy.cli.settings import Settings
from deploy.cli.settings import cluster as entered
from libs.common.mongo import Server


async def examined(told: Settings) -> list[Finding]:
    """Every line, in order."""
    processes, base, kafka = await asyncio.gather(
        services.all_told(told), _mongo(told), _cluster(told)
    )
    speaking = [one for one in processes if isinstance(one, Told)]
    apart = {one.service: one.apart for one in speaking if one.apart is not None}
    apart |= {} if isinstance(base, Finding) else {"MongoDB": base[1]}
    return [
        *files.keys(told),
        clocks.told(apart),
        *kafka,
        *([base] if isinstance(base, Finding) else database.findings(base[0])),
        *services.findings(processes),
        *figures.findings(speaking),
        files.disk(told),
    ]


async def _mongo(told: Settings) -> tuple[Server, timedelta] | Finding:
    return await database.asked(told.mongo_url) if told.mongo_url else unset("mongo", "MONGO_URL")


async def _cluster(told: Settings) -> list[Finding]:
    if told.kafka_url is None:
        return [unset("kafka", "KAFKA_URL")]
    return await cluster.findings(entered())
