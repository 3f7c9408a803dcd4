"""What an operator says about a new tenant, and what its profile says in their place."""

import re
from typing import Annotated
from zoneinfo import available_timezones

import phonenumbers
import typer
from pydantic import BaseModel, ConfigDict

from libs.common import profiles
from libs.common.events import TenantSaved

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Particulars(BaseModel):
    """What was asked for; None where the profile decides."""

    model_config = ConfigDict(frozen=True)

    name: str
    profile: str
    region: str | None
    language: str | None
    timezone: str | None

    def complete(self) -> dict[str, str]:
        """All of them, with the profile's own where nothing was asked for."""
        defaults = profiles.load(self.profile).model_dump(
            include={"region", "language", "timezone"}
        )
        return {**defaults, **self.model_dump(exclude_none=True)}

    def missing_in(self, tenant: TenantSaved) -> list[str]:
        """What was asked for that the tenant has otherwise, by name."""
        asked = self.model_dump(exclude_none=True)
        return [name for name, value in asked.items() if getattr(tenant, name) != value]


def a_profile(text: str) -> str:
    """The id of a profile that exists."""
    try:
        return profiles.load(text).id
    except profiles.UnknownProfile as error:
        raise typer.BadParameter(str(error)) from None


def a_region(text: str) -> str:
    """A country whose number plan is known: numbers without + are read by it."""
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise typer.BadParameter("give a country in two letters (ISO 3166-1), such as US, SA or GB")
    return text.upper()


def a_language(text: str) -> str:
    """A language tag."""
    if not _LANGUAGE.fullmatch(text):
        raise typer.BadParameter("give a language tag (BCP 47), such as en or ar")
    return text


def a_timezone(text: str) -> str:
    """A time zone of the tz database."""
    if text not in available_timezones():
        raise typer.BadParameter("give an IANA time zone, such as America/New_York or Asia/Riyadh")
    return text


_DEFAULT = "; the profile's if not given."

Name = Annotated[str, typer.Option("--name", metavar="TEXT", help="What people call the agency.")]
ProfileId = Annotated[
    str,
    typer.Option(
        "--profile",
        parser=a_profile,
        metavar="|".join(profiles.names()),
        help="The operator whose privacy policy holds.",
    ),
]
Region = Annotated[
    str | None,
    typer.Option("--region", parser=a_region, metavar="CC", help=f"Country{_DEFAULT}"),
]
Language = Annotated[
    str | None,
    typer.Option("--language", parser=a_language, metavar="TAG", help=f"Language{_DEFAULT}"),
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", parser=a_timezone, metavar="ZONE", help=f"Time zone{_DEFAULT}"),
]
