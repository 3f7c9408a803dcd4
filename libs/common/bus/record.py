"""One record as it lies in the log, without the client library around it."""

from dataclasses import dataclass

from libs.common.events import Envelope, record_key

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True)
class Record:
    """Bytes and their place. Any of key, value and header values can be null or no UTF-8."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def place(self) -> str:
        """`topic/partition/offset`, unique in the cluster."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def header(self, name: str) -> str | None:
        """The first header of this name, if it is text."""
        found = next((value for key, value in self.headers if key == name), None)
        try:
            return found.decode() if found is not None else None
        except UnicodeDecodeError:
            return None


def fits_its_key(envelope: Envelope, key: bytes | None) -> bool:
    """Whether the record key names the same tenant and subject as the event inside."""
    return key == record_key(envelope.tenantid, envelope.subject)
