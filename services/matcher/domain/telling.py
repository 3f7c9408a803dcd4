"""What a person is shown of the rows that are kept of them."""

from collections.abc import Mapping
from typing import Any, Final

Row = Mapping[str, Any]
Shown = dict[str, object]

_CUSTOMER: Final = (
    *("external_id", "name", "email", "status", "renewal_on", "customer_since", "language"),
    *("lawful_basis", "origin", "renewed_at", "renewed_basis", "last_contact"),
    *("created_at", "updated_at"),
)
_NUMBER: Final = ("label", "extension", "region", "kind", "primary")
_IMPORT: Final = ("source", "lawful_basis", "renewed_basis", "attested_by", "started_at")
_FAULT: Final = ("import", "line", "column", "code", "explanation", "at")
_RESTRICTION: Final = ("restricted", "at")


def customer(row: Row) -> Shown:
    """A record, with the numbers as they are dialled and as they were given."""
    numbers = [
        {"number": one["e164"], "as_given": one["raw"], **_some(one, _NUMBER)}
        for one in row["numbers"]
    ]
    return {"id": row["_id"], "numbers": numbers, **_some(row, _CUSTOMER)}


def origin(row: Row) -> Shown:
    """The file that a record came with: who attested what about it."""
    return {"id": row["_id"], **_some(row, _IMPORT)}


def fault(row: Row, value: str | None) -> Shown:
    """What was wrong in a line that was refused; `value` as it stood there."""
    return {"value": value, **_some(row, _FAULT)}


def restriction(row: Row) -> Shown:
    """Whether what is kept of the person may be stored and not used."""
    return _some(row, _RESTRICTION)


def _some(row: Row, names: tuple[str, ...]) -> Shown:
    return {name: row.get(name) for name in names}
