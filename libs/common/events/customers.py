"""Single edits of customers, and the progress of imports. An import emits no event per row."""

from typing import ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event


class CustomerSaved(Event):
    """A person's record was written by hand or by API; `version` counts its writes."""

    TYPE: ClassVar[str] = "customer.saved"
    TOPIC: ClassVar[str] = "customers.v1"

    customer_id: str
    version: int
    subjects: tuple[str, ...]

    def about(self) -> str:
        """The customer."""
        return self.customer_id


class CustomerRemoved(Event):
    """A person's record was removed: whoever holds a copy forgets the person.

    A record that is made again later has the same id; `removed_at` tells what is of before.
    insights says it again where it has more calls to see to than it can at once.
    """

    TYPE: ClassVar[str] = "customer.removed"
    TOPIC: ClassVar[str] = "customers.v1"

    customer_id: str
    removed_at: AwareDatetime | None = None

    def about(self) -> str:
        """The customer."""
        return self.customer_id


class ImportProgress(Event):
    """Rows so far, each counted once."""

    TOPIC: ClassVar[str] = "customers.v1"

    import_id: str
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int

    def about(self) -> str:
        """The import."""
        return self.import_id


class ImportProgressed(ImportProgress):
    """An import goes on."""

    TYPE: ClassVar[str] = "import.progressed"


class ImportFinished(ImportProgress):
    """An import is over; `state` is finished or failed."""

    TYPE: ClassVar[str] = "import.finished"

    state: str
