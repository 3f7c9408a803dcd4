"""Prices: exact, and only where they are known."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.messaging.domain import prices
from services.messaging.domain.data import BadData
from services.messaging.domain.prices import Price, estimate, parse

TEXT = Path(prices.__file__).with_name("prices.yaml").read_text()
BOOK = parse(TEXT)


@pytest.mark.parametrize(("parts", "amount"), [(1, "0.01400"), (3, "0.04200"), (10, "0.14000")])
def test_the_price_that_was_published(parts: int, amount: str) -> None:
    assert BOOK.dated == date(2025, 3, 22)
    assert estimate(BOOK, "US", parts) == Price(Decimal(amount), "USD")


@pytest.mark.parametrize("region", ["SA", "CA", "001", "", None])
def test_no_price_is_made_up(region: str | None) -> None:
    assert estimate(BOOK, region, 1) is None


@pytest.mark.parametrize(
    ("now", "then", "complaint"),
    [
        ('"0.00400"', "0.00400", "regions.US.rate: .*in quotation marks"),
        ('"0.00400"', '"cheap"', "regions.US.rate: .*in digits"),
        ('"0.00400"', '"-1"', "regions.US.rate: .*greater than or equal to 0"),
        ('"0.00400"', '"NaN"', "regions.US.rate: .*finite"),
        ("USD", "dollars", "regions.US.currency: String should match"),
        ("US:", "us:", "regions.us.*: String should match"),
        ("carrier_fee", "fee", "regions.US.carrier_fee: Field required"),
    ],
)
def test_each_fault_is_named_where_it_stands(now: str, then: str, complaint: str) -> None:
    with pytest.raises(BadData, match=complaint):
        parse(TEXT.replace(now, then))
