"""What a message will probably cost, as data that operators replace with their contract's."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from pydantic import Field

from services.messaging.domain.data import Amount, Part, read
from services.messaging.domain.rules import Region


class Rate(Part):
    """The price of one part to one region: the provider's rate and the network's fee."""

    rate: Amount
    carrier_fee: Amount
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class PriceBook(Part):
    """The known prices by ISO 3166 region, as of `dated`."""

    dated: date
    regions: dict[Region, Rate]


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money; `currency` is ISO 4217."""

    amount: Decimal
    currency: str


def estimate(book: PriceBook, region: str | None, parts: int) -> Price | None:
    """The price of so many parts; None where it is not known."""
    found = book.regions.get(region or "")
    return Price((found.rate + found.carrier_fee) * parts, found.currency) if found else None


@cache
def parse(text: str) -> PriceBook:
    """Reads the prices from YAML. Raises BadData, which names each wrong field."""
    return read(PriceBook, text, "prices")
