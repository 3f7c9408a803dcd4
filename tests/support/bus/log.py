"""The log, and a reader's place in it."""

from collections.abc import Sequence
from random import Random
from zlib import crc32

from libs.common.bus import Record, lanes
from libs.common.bus.record import Headers
from libs.common.bus.topics import CATALOGUE


class Log:
    """The records of every partition from offset 0 on, for the topics of the catalogue."""

    def __init__(self) -> None:
        self._topics = {
            topic.name: tuple([] for _ in range(topic.partitions)) for topic in CATALOGUE
        }  # type: dict[str, tuple[list[Record], ...]]

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> None:
        """Adds a record to the partition of its key. Raises KeyError for another topic."""
        partitions = self._topics[topic]
        number = crc32(key or b"") % len(partitions)
        offset = len(partitions[number])
        partitions[number].append(Record(topic, number, offset, key, value, headers))

    def partitions(self, *topics: str) -> list[list[Record]]:
        """The partitions of these topics, or of all."""
        return [part for name in topics or self._topics for part in self._topics[name]]

    def records(self, *topics: str) -> list[Record]:
        """The records of these topics, or of all."""
        return [record for part in self.partitions(*topics) for record in part]


class Reader:
    """A place in each partition of some topics."""

    def __init__(self, log: Log, topics: Sequence[str]) -> None:
        self._partitions = log.partitions(*topics) if topics else []
        self._offsets: dict[lanes.Partition, int] = {}

    @property
    def behind(self) -> bool:
        """Whether there is more to read."""
        return bool(self._rest())

    def poll(self, chance: Random | None = None) -> list[Record]:
        """What comes next: everything, or as much of each partition as chance has it."""
        rest = self._rest()
        if chance:
            chance.shuffle(rest)
            rest = [records[: chance.randint(0, len(records))] for records in rest]
        return [record for records in rest for record in records]

    def commit(self, records: Sequence[Record]) -> None:
        """Moves on behind these."""
        self._offsets.update(lanes.contiguous(records, {record.place for record in records}))

    def rewind(self) -> None:
        """Goes back to offset 0."""
        self._offsets.clear()

    def _rest(self) -> list[list[Record]]:
        rest = (part[self._offset(part) :] for part in self._partitions if part)
        return [records for records in rest if records]

    def _offset(self, part: list[Record]) -> int:
        return self._offsets.get((part[0].topic, part[0].partition), 0)
