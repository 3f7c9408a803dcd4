"""One search through everything: how often a person is where, and what could not be read."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.scan.places import UNREADABLE, Databases, Log, blocks, files
from deploy.scan.traces import Traces

_TENANT = re.compile(r"[a-z0-9]{8,26}")


@dataclass
class Share:
    """How often the person is `there`, by place, and how many documents, records and pieces of
    files were `read`."""

    there: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)

    def count(self, place: str, times: int) -> None:
        """One more was read."""
        self.read[place] += 1
        self.there[place] += times

    def figures(self) -> dict[str, int]:
        """Without the places themselves."""
        return {
            "places": len(self.read),
            "read": self.read.total(),
            "found": self.there.total(),
        }


@dataclass
class Found(Share):
    """All of it, and by tenant what is a tenant's; `unread` are places that could not be read,
    with the kind of error."""

    unread: dict[str, str] = field(default_factory=dict)
    shares: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))

    def note(self, place: str, times: int, owner: str = "") -> None:
        """One more was read; `owner` is its tenant's id, if it looks like one."""
        self.count(place, times)
        if _TENANT.fullmatch(owner):
            self.shares[owner].count(place, times)


class Scan:
    """A search for one number, in all tenants or in one."""

    def __init__(self, traces: Traces, tenant: str | None = None) -> None:
        self._traces = traces
        self._tenant = tenant
        self.found = Found()

    def databases(self, url: str) -> None:
        """Every collection of every database, also those nobody declares any more."""

        with self._told("mongo"), Databases(url) as databases:
            for database, name in databases.collections(self._tenant):
                place = f"mongo {database}.{name}"
                with self._told(place):
                    self._collection(databases, database, name, place)

    def _collection(self, databases: Databases, database: str, name: str, place: str) -> None:
        owner = name.partition("__")[2]
        for raw in databases.documents(database, name):
            self.found.note(place, self._traces.count(raw), owner)

    def topics(self, url: str) -> None:
        """Every record of every topic: key, value and headers."""
        names: list[str] = []
        log = Log(url)
        with self._told("kafka"):
            names = asyncio.run(log.topics())
        for name in names:
            with self._told(f"kafka {name}"):
                asyncio.run(self._topic(log, name))

    async def _topic(self, log: Log, topic: str) -> None:
        async for key, parts in log.records(topic):
            if not self._is_anothers(key):
                times = sum(map(self._traces.count, parts))
                self.found.note(f"kafka {topic}", times, _owner(key))

    def _is_anothers(self, key: bytes) -> bool:
        """Keys are the tenant, alone or before a colon; without one it may be anybody's."""
        owner = _owner(key)
        return bool(self._tenant and owner and owner != self._tenant and b":" in key)

    def folders(self, folders: Sequence[Path]) -> None:
        """Every file under them, whatever it is."""
        for folder in folders:
            with self._told(f"file {folder}"):
                for path in files(folder):
                    with self._told(f"file {path}"):
                        self._file(path)

    def _file(self, path: Path) -> None:
        for block in blocks(path):
            self.found.note(f"file {path}", self._traces.count(block))

    @contextmanager
    def _told(self, place: str) -> Iterator[None]:
        """What cannot be read is told, and does not end the search."""
        try:
            yield
        except UNREADABLE as error:
            self.found.unread[place] = type(error).__name__


def _owner(key: bytes) -> str:
    return key.partition(b":")[0].decode("utf-8", "replace")
