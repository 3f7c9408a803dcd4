"""What operators send."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from pydantic_core import PydanticCustomError

from libs.common import profiles
from services.gateway.api.users import Email
from services.gateway.domain import tenant as rules
from services.gateway.domain.roles import Role


def _timezone(text: str) -> str:
    if text not in available_timezones():
        raise PydanticCustomError("timezone", "give an IANA time zone such as Asia/Riyadh")
    return text


def _profile(text: str) -> str:
    if text not in profiles.names():
        known = ", ".join(profiles.names())
        raise PydanticCustomError("profile", "give one of {known}", {"known": known})
    return text


Id = Annotated[str, Field(pattern=rules.ID, description="8 to 26 lower-case letters and digits.")]


class NewTenant(BaseModel):
    """An agency. Its keys must be in the key file already."""

    tenant: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    profile: Annotated[str, AfterValidator(_profile)]
    region: Annotated[str, Field(pattern=rules.REGION, examples=["SA"])]
    language: Annotated[str, Field(pattern=rules.LANGUAGE, max_length=35, examples=["ar"])]
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"


ProviderId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class NewNumber(BaseModel):
    """A number to assign; from now on where no moment is given."""

    tenant: Id
    number: Annotated[str, Field(pattern=rules.E164, examples=["+12025550100"])]
    valid_from: AwareDatetime | None = None


class NewConnection(BaseModel):
    """A connection of the provider's to assign."""

    tenant: Id
    connection_id: ProviderId
    valid_from: AwareDatetime | None = None


class NewProfile(BaseModel):
    """A messaging profile of the provider's to assign: what texts are sent and come in under."""

    tenant: Id
    profile_id: ProviderId
    valid_from: AwareDatetime | None = None


class NewAdmin(BaseModel):
    """Somebody to invite to a tenant."""

    tenant: Id
    email: Email
    role: Role = Role.ADMIN


class LockedOut(BaseModel):
    """An Admin who cannot sign in."""

    tenant: Id
    email: Email
