"""What is on file about somebody who may be calling."""

from dataclasses import dataclass
from datetime import date, datetime

from services.matcher.domain.keys import Closeness


@dataclass(frozen=True, slots=True)
class Known:
    """A customer on file whose number may be the caller's, and how (`how`).

    `subject` is the keyed code of that number as it is on file. `primary`: it is the customer's
    main number. `agency_region`: it is one of the agency's own country. Times are aware.
    """

    customer_id: str
    subject: str
    name: str | None
    status: str | None
    renewal_on: date | None
    customer_since: date | None
    primary: bool
    last_contact: datetime | None
    updated_at: datetime
    how: Closeness
    agency_region: bool
