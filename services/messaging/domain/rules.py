"""What the recipient's country asks of a text, as data with a date."""

from datetime import date
from functools import cache
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from services.messaging.domain.data import Hour, Part, read

NUMBER: Final = "number"
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Window(Part):
    """The hours of a day in which a promotion may be sent: `start` is inside, `until` is not.

    `zones` is the IANA name of the zone that counts, or "number": every zone that the recipient's
    number may be in.
    """

    start: Hour
    until: Hour
    zones: str = NUMBER

    @field_validator("zones")
    @classmethod
    def _known(cls, zones: str) -> str:
        if zones != NUMBER:
            try:
                ZoneInfo(zones)
            except (LookupError, ValueError, OSError):
                raise ValueError(f'name an IANA time zone, or "{NUMBER}"') from None
        return zones

    @model_validator(mode="after")
    def _opens_and_closes(self) -> Self:
        if self.start >= self.until:
            raise ValueError("start must be before until, on the same day")
        return self


class Rules(Part):
    """What holds for recipients of one region.

    Attributes:
        hours: when promotions may be sent.
        direct_collection: a promotion needs data that the person gave to the agency.
        safeguard: every message needs a safeguard for the transfer of data.
        alphanumeric: senders of letters may be used.
        promotional_suffix: how the sender of a promotion, and no other, must end.
        registration: the sender of a promotion must be registered.
    """

    hours: Window
    direct_collection: bool
    safeguard: bool
    alphanumeric: bool
    promotional_suffix: Annotated[str, Field(min_length=1)] | None
    registration: bool


class RuleBook(Part):
    """The rules of all regions, as of `dated`."""

    dated: date
    default: Rules
    regions: dict[Region, Rules]

    def of(self, region: str | None) -> Rules:
        """The rules for an ISO 3166 region; the default for one that is not listed, or unknown."""
        return self.regions.get(region or "", self.default)


@cache
def parse(text: str) -> RuleBook:
    """Reads the rules from YAML. Raises BadData, which names each wrong field."""
    return read(RuleBook, text, "rules")
