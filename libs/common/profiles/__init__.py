"""The operators' privacy policies as data: one file per profile, beside this module."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

_FOLDER = Path(__file__).parent


class UnknownProfile(LookupError):
    """There is no such profile; the message lists those there are."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contact(_Strict):
    """Whom people write to about their data: by e-mail, by post, or both."""

    name: str
    email: str | None = None
    address: str | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.email or self.address):
            raise ValueError("a contact has an e-mail or a postal address")
        return self


class Due(_Strict):
    """By when a person's request must be done with: days, or calendar months, from its arrival.

    `extension` is how much longer it may take where the person is told so in time; `target_days`
    is what the operator itself aims at.
    """

    unit: Literal["days", "months"]
    period: int = Field(gt=0)
    extension: int = Field(ge=0)
    target_days: int = Field(gt=0)


class Profile(_Strict):
    """What a tenant of this operator starts with, and under which law.

    `jurisdiction` and `region` are ISO 3166-1 alpha-2, `language` BCP 47, `timezone` IANA. `role`
    is the operator's, for the data of the agencies' customers. `kept_days` says how long data of
    each category is kept; a tenant may want it shorter.
    """

    id: str
    name: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}$")
    region: str = Field(pattern=r"^[A-Z]{2}$")
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    timezone: str
    role: Literal["processor", "controller"]
    contact: Contact
    due: Due
    kept_days: dict[str, int]


def names() -> tuple[str, ...]:
    """The ids of all profiles, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def load(profile: str) -> Profile:
    """The profile with this id. Raises UnknownProfile."""
    if profile not in names():
        raise UnknownProfile(f"There is no such profile; the profiles are {', '.join(names())}.")
    return Profile.model_validate(yaml.safe_load((_FOLDER / f"{profile}.yaml").read_text()))
