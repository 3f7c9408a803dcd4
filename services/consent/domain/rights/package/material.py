"""What a package is made of: what the stores handed over, and whose it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from libs.common.profiles import Profile

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Material:
    """The rows by category, each as its store told them; `read_at` is when, by store.

    `number` is the one that the request came with, in E.164. `agency` is the tenant's name;
    `region` (ISO 3166-1) and `language` (BCP 47) are the tenant's. `kept_days` are the periods
    that hold for this tenant.
    """

    request: str
    number: str
    received_at: datetime
    made_at: datetime
    agency: str
    region: str
    language: str
    profile: Profile
    kept_days: Mapping[str, int]
    read_at: Mapping[str, datetime]
    rows: Rows

    def own_numbers(self) -> tuple[str, ...]:
        """The person's own, in E.164: that of the request, and those on the person's records."""
        found = {self.number: None}
        found |= {str(n["number"]): None for n in self._listed() if n.get("number")}
        return tuple(found)

    def own_spellings(self) -> tuple[str, ...]:
        """Those numbers as the person or the agency wrote them."""
        return tuple({str(n["as_given"]): None for n in self._listed() if n.get("as_given")})

    def own_emails(self) -> frozenset[str]:
        """The person's own addresses, folded."""
        rows = self.rows.get("customers", ())
        return frozenset(str(row["email"]).casefold() for row in rows if row.get("email"))

    def _listed(self) -> Iterator[Row]:
        for row in self.rows.get("customers", ()):
            yield from row.get("numbers", ())


def moment(at: datetime) -> str:
    """In RFC 3339, in UTC, with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
