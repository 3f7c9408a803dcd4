"""The experiments: the short set for every change, the whole set by hand."""

from deploy.drill.experiment import Experiment
from deploy.drill.experiments import (
    baseline,
    broker,
    database,
    door,
    erasure,
    killed,
    letters,
    members,
    poison,
    relay,
    stopped,
    stops,
    tenants,
    texts,
)

SHORT: tuple[Experiment, ...] = (
    baseline.BASELINE,
    door.kill(3),
    broker.kill(1),
    killed.kill(2, "matcher"),
    database.kill(1),
    poison.STORM,
    tenants.ATTACK,
    texts.texts(100),
)

WHOLE: tuple[Experiment, ...] = (
    baseline.BASELINE,
    door.kill(10),
    door.crash(3),
    broker.outage(300.0, rate=5.0),
    door.nowhere(),
    broker.kill(3),
    killed.kill(10, "matcher", "insights", "messaging", "consent", "gateway"),
    killed.at_points("matcher", "insights"),
    stopped.in_grace(),
    stopped.past_grace(),
    members.rebalance(3),
    stopped.stuck(),
    database.step_down(3),
    database.kill(3),
    database.wrong_answers(),
    relay.crash(20),
    relay.several(),
    poison.STORM,
    members.REPLAY,
    letters.REPLAYED,
    tenants.ATTACK,
    poison.LARGE_ONE,
    stops.STOPS,
    texts.texts(600),
    erasure.erasure(),
)
