"""What the drill reads off the journal: work cut off, begun again, in two hands, out of order."""

import json
from pathlib import Path

from deploy.drill import journal
from deploy.drill.evidence import Evidence
from deploy.drill.journal import Step


def step(at: float, pid: int, what: str, place: str = "calls.v1/0/1", key: str = "k") -> Step:
    return Step(at, pid, "matcher", what, place, "event", key)


def test_what_a_killed_process_had_in_hand_is_cut_off() -> None:
    steps = [step(1, 7, "begin"), step(1, 8, "begin", "calls.v1/0/2"), step(2, 7, "fail")]
    assert journal.cut_off(steps, {7, 8}) == 1
    assert journal.cut_off(steps, {7}) == 0


def test_a_try_again_is_no_redelivery_and_another_process_is_one() -> None:
    again = [step(1, 7, "begin"), step(2, 7, "fail"), step(3, 7, "begin"), step(4, 7, "end")]
    assert journal.redelivered(again) == 0
    assert journal.redelivered([*again, step(5, 7, "begin")]) == 1
    assert journal.redelivered([step(1, 7, "begin"), step(2, 8, "begin")]) == 1


def test_a_record_in_the_hands_of_two_processes_at_once() -> None:
    one = [step(1, 7, "begin"), step(4, 7, "end")]
    assert journal.overlaps([*one, step(2, 8, "begin"), step(3, 8, "end")]) == 1
    assert journal.overlaps([*one, step(5, 8, "begin"), step(6, 8, "end")]) == 0


def test_order_counts_within_a_key_and_by_the_first_time() -> None:
    done = [step(1, 7, "end", "calls.v1/0/2"), step(2, 7, "end", "calls.v1/0/1")]
    assert journal.out_of_order(done) == 1
    other = [done[0], step(2, 7, "end", "calls.v1/0/1", "another")]
    assert journal.out_of_order(other) == 0
    repeated = [*reversed(done), step(3, 8, "end", "calls.v1/0/1")]
    assert journal.out_of_order(repeated) == 0


def test_what_is_done_ahead_of_its_order_may_be_left_out_by_its_topic() -> None:
    done = [
        step(1, 7, "end", "calls.v1/0/2"),
        step(2, 7, "end", "calls.v1/0/1"),
        step(1, 7, "end", "privacy.v1/0/2", "another"),
        step(2, 7, "end", "privacy.v1/0/1", "another"),
    ]
    found = Evidence([], done)
    assert journal.out_of_order(found.steps) == 2
    found.leave_out({"privacy.v1"})
    assert journal.out_of_order(found.steps) == 1


def test_it_is_read_from_a_moment_on_in_the_order_of_time(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    lines = [[at, 7, "matcher", "begin", "calls.v1/0/1", "e", "k"] for at in (3.0, 1.0, 2.0)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [one.at for one in journal.read(file, 1.5)] == [2.0, 3.0]
    assert journal.read(tmp_path / "none", 0.0) == []
