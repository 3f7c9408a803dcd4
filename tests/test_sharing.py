"""Which worker runs which file, and that every test is run once."""

from types import SimpleNamespace

from tests.support.sharing import FromBothEnds

FILES = [f"tests/integration/test_{name}.py" for name in "ab"] + [
    f"tests/common/test_{name}.py" for name in "cde"
]
TESTS = [f"{file}::test_{number}[x::y]" for file in FILES for number in range(3)]


class Worker:
    """Takes orders, as xdist's own does."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.taken: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.taken += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def started() -> tuple[FromBothEnds, Worker, Worker]:
    option = SimpleNamespace(loadscopereorder=True)
    config = SimpleNamespace(option=option, getvalue=lambda _: ["2*popen"])
    sharing, first, second = FromBothEnds(config), Worker("gw0"), Worker("gw1")  # type: ignore[arg-type]
    for worker in (first, second):
        sharing.add_node(worker)
        sharing.add_node_collection(worker, TESTS)
    sharing.schedule()
    return sharing, first, second


def files(worker: Worker) -> list[str]:
    return list(dict.fromkeys(TESTS[index].split("::")[0] for index in worker.taken))


def test_one_takes_the_files_from_the_front_and_the_other_from_the_back() -> None:
    sharing, first, second = started()
    assert (files(first), files(second)) == (FILES[:1], FILES[-1:])
    for index in second.taken[:3]:
        sharing.mark_test_complete(second, index)
    assert (files(first), files(second)) == (FILES[:1], [FILES[4], FILES[3]])


def test_every_test_is_run_once_and_a_file_by_one_worker() -> None:
    sharing, first, second = started()
    done: dict[str, int] = {"gw0": 0, "gw1": 0}
    while not sharing.tests_finished:
        for worker in (first, second, second):
            if (at := done[worker.gateway.id]) < len(worker.taken):
                sharing.mark_test_complete(worker, worker.taken[at])
                done[worker.gateway.id] += 1
    assert sorted(first.taken + second.taken) == list(range(len(TESTS)))
    assert set(files(first)).isdisjoint(files(second))
