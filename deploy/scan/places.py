"""Everything that is kept, piece by piece, read and never written."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from libs.common.cluster import options

UNREADABLE = (OSError, ValueError, RuntimeError, PyMongoError)
"""What reading may raise; aiokafka's errors are RuntimeErrors."""

_OWN = frozenset({"admin", "config", "local"})
_OVERLAP = 4_096
_BLOCK = 1 << 20
_SILENT_MS = 500


class Databases:
    """All databases of a MongoDB, each document as the bytes that lie there."""

    def __init__(self, url: str) -> None:
        self._client: MongoClient[Any] = MongoClient(
            url, document_class=RawBSONDocument, serverSelectionTimeoutMS=4_000
        )

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def collections(self, tenant: str | None) -> Iterator[tuple[str, str]]:
        """Database and collection; with a tenant, not those of others."""
        for database in sorted(set(self._client.list_database_names()) - _OWN):
            for name in sorted(self._client[database].list_collection_names()):
                owner = name.partition("__")[2]
                if not (tenant and owner and owner != tenant):
                    yield database, name

    def documents(self, database: str, collection: str) -> Iterator[bytes]:
        """Their BSON."""
        for document in self._client[database][collection].find():
            yield bytes(document.raw)


class Log:
    """All topics of a Kafka cluster, from their beginning to where they end now."""

    def __init__(self, url: str) -> None:
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        self._url = url

    async def topics(self) -> list[str]:
        """Those of the platform and any other, but the cluster's own."""
        consumer = self._consumer()
        try:
            await consumer.start()
            return sorted(name for name in await consumer.topics() if not name.startswith("__"))
        finally:
            await consumer.stop()

    async def records(self, topic: str) -> AsyncIterator[tuple[bytes, list[bytes]]]:
        """The key of each, and then all its parts: key, value, headers."""
        consumer = self._consumer(topic)
        try:
            await consumer.start()
            ends = await consumer.end_offsets(list(consumer.assignment()))
            while any([await consumer.position(part) < end for part, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=_SILENT_MS)).values():
                    for record in records:
                        headers = [name.encode() + b"=" + (v or b"") for name, v in record.headers]
                        key = record.key or b""
                        yield key, [key, record.value or b"", *headers]
        finally:
            await consumer.stop()

    def _consumer(self, *topics: str) -> Any:
        return AIOKafkaConsumer(
            *topics,
            **options(self._url),
            client_id="intnet-scan",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )


def files(folder: Path) -> Iterator[Path]:
    """All files under a folder: logs, spans, spools. Raises OSError where there is none."""
    if folder.is_file():
        yield folder
        return
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def blocks(file: Path) -> Iterator[bytes]:
    """A file in pieces that end with a line, if lines are not too long for that."""
    with file.open("rb") as opened:
        rest = b""
        while block := opened.read(_BLOCK):
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if not newline and len(rest) > _BLOCK:
                yield rest
                rest = rest[-_OVERLAP:]
            elif newline:
                yield whole
        if rest:
            yield rest
