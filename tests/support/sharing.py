"""How `pytest -n 2` shares the tests out: one worker waits for real processes, others compute.

The first worker takes files from the front, where those of `tests/integration` are; every other
takes them from the back, and they meet where the time is. No file is split, so what its tests
share is started once; a worker's servers are its own, and so are its ports.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local import process

_PROCESSES = "tests/integration/"


class FromBothEnds(LoadScopeScheduling):  # type: ignore[misc]
    """Whole files, in the order of collection, from both ends."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0]

    def _assign_work_unit(self, node: Any) -> None:
        if node is not self.nodes[0]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FromBothEnds:
    """Whatever `--dist` says."""
    return FromBothEnds(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """A port that one worker's server had, and will have again, is nobody else's meanwhile."""
    if told := getattr(config, "workerinput", None):
        count, number = told["workercount"], int(told["workerid"].removeprefix("gw"))
        process.PORTS = process.PORTS[number % count :: count]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts what waits for real processes in front, where there are workers."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(_PROCESSES))
