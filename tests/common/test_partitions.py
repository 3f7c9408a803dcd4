"""Partitions: where a key lies, and how to be heard in all of them."""

from datetime import UTC, datetime
from itertools import count

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from libs.common.bus.partitions import partition_of, spread
from libs.common.bus.topics import CATALOGUE
from libs.common.events import CallMatched, ConsentHeartbeat, Envelope, enclose

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OURS = next(topic.partitions for topic in CATALOGUE if topic.name == ConsentHeartbeat.TOPIC)


def beats(partitions: int) -> list[ConsentHeartbeat]:
    every = (ConsentHeartbeat(at=NOW, lane=lane) for lane in count())
    return spread("platform", every, partitions)


def enclosed(beat: ConsentHeartbeat) -> Envelope:
    return enclose(beat, "platform", id="e", source="consent", time=NOW)


@given(st.binary(min_size=1), st.integers(1, 100))
def test_a_key_lies_where_the_client_puts_it(key: bytes, partitions: int) -> None:
    assert partition_of(key, partitions) == DefaultPartitioner()(key, list(range(partitions)), [])


# The values that Kafka's own clients are tested with (UtilsTest.testMurmur2): signed, 32 bits.
@pytest.mark.parametrize(
    ("key", "signed"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)],
)
def test_other_clients_put_it_there_too(key: bytes, signed: int) -> None:
    assert partition_of(key, 1_000_003) == (signed & 0x7FFFFFFF) % 1_000_003


@pytest.mark.parametrize("partitions", [OURS, 1, 3, 12, 50])
def test_every_partition_gets_one_of_them(partitions: int) -> None:
    keys = [enclosed(beat).key for beat in beats(partitions)]
    assert len(keys) == partitions
    assert {partition_of(key, partitions) for key in keys} == set(range(partitions))


@pytest.mark.parametrize("partitions", [OURS, 1, 3, 12, 50])
def test_the_keys_are_the_same_every_time_and_the_platforms_own(partitions: int) -> None:
    first, again = beats(partitions), beats(partitions)
    assert first == again
    assert enclosed(first[0]).key == b"platform"
    assert all(enclosed(beat).key == b"platform:%d" % beat.lane for beat in first[1:])


def test_with_twice_the_partitions_no_lane_falls_silent() -> None:
    lanes = [{beat.lane for beat in beats(partitions)} for partitions in (6, 12, 24)]
    assert lanes[0] < lanes[1] < lanes[2]


def test_facts_that_do_not_reach_all_are_refused() -> None:
    calls = [CallMatched(session_id="s", outcome="unknown")] * 9
    with pytest.raises(ValueError, match="reach 1 of 2 partitions"):
        spread("t0000000", calls, 2)
