"""12, 13, 14: the database steps down, is killed, answers wrongly."""

from typing import Any

from deploy.drill.experiment import Drill, Experiment
from deploy.drill.poster import Load
from deploy.drill.stores import Stores


def kill(times: int) -> Experiment:
    """Kills mongod and starts it again at once."""

    async def act(drill: Drill) -> None:
        for _ in range(times):
            await drill.pause(3.0, 5.0)
            await drill.kill_server(drill.world.mongod)
            await drill.pause(3.0, 5.0)

    return Experiment("13", f"kill -9 mongod x{times}", act, load=Load(rate=15.0), needs=("kills",))


def step_down(times: int) -> Experiment:
    """The primary steps down for five seconds."""

    async def act(drill: Drill) -> None:
        async with Stores(drill.world.mongod.url) as stores:
            for _ in range(times):
                await drill.pause(3.0, 5.0)
                drill.mark()
                await stores.step_down(5)
                drill.counts["steps down"] += 1
                await drill.pause(8.0, 10.0)

    return Experiment(
        "12", f"mongod steps down x{times}", act, load=Load(rate=10.0), needs=("steps down",)
    )


LOST_ANSWERS: dict[str, dict[str, Any]] = {
    "commit, the connection closed": {
        "failCommands": ["commitTransaction"],
        "closeConnection": True,
    },
    "commit done, its answer lost": {
        "failCommands": ["commitTransaction"],
        "writeConcernError": {"code": 91, "errmsg": "shutting down"},
    },
    "commit done, the majority late": {
        "failCommands": ["commitTransaction"],
        "writeConcernError": {"code": 64, "errmsg": "late", "errInfo": {"wtimeout": True}},
    },
    "not primary": {
        "failCommands": ["insert", "update", "find", "commitTransaction"],
        "errorCode": 10107,
    },
}


def wrong_answers() -> Experiment:
    """The server fails the commands of one service after the other, in every way."""

    async def act(drill: Drill) -> None:
        async with Stores(drill.world.mongod.url) as stores:
            for how in LOST_ANSWERS.values():
                for service in ("matcher", "insights"):
                    drill.mark()
                    failed = await stores.fail(service, 4.0, 9, **how)
                    drill.counts["failed commands"] += failed
                    drill.must(failed > 0, f"no command of {service} failed")

    return Experiment(
        "14",
        f"failCommand in {len(LOST_ANSWERS)} ways",
        act,
        load=Load(rate=15.0),
        needs=("failed commands",),
    )
