"""The operators' privacy policies as data: one file per profile, beside this module."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.common.events.personal import CATEGORIES, PURPOSES

_FOLDER = Path(__file__).parent

Role = Literal["processor", "controller"]
Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest", "instruction"]


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


class Recipient(_Strict):
    """Somebody who gets personal data. `country` is ISO 3166-1 alpha-2, None where it varies.

    `safeguard` is what protects it there, `agreement` the reference of the contract that binds the
    recipient, None until the operator has entered it.
    """

    name: str
    kind: Literal["telecom", "infrastructure", "authority"]
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    purpose: str
    safeguard: str
    agreement: str | None = None
    terms: str | None = None


class Category(_Strict):
    """What the operator is for data of a category, and who else gets it."""

    role: Role
    recipients: tuple[str, ...]


class Profile(_Strict):
    """What a tenant of this operator starts with, and under which law.

    `jurisdiction` and `region` are ISO 3166-1 alpha-2, `language` BCP 47, `timezone` IANA. `role`
    is the operator's, for the data of the agencies' customers. `kept_days` says how long data of
    each category is kept; a tenant may want it shorter. `purposes` gives each purpose that there
    is its one lawful basis.
    """

    id: str
    name: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}$")
    region: str = Field(pattern=r"^[A-Z]{2}$")
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    timezone: str
    role: Role
    contact: Contact
    due: Due
    kept_days: dict[str, int]
    purposes: dict[str, Basis]
    categories: dict[str, Category]
    recipients: dict[str, Recipient]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Nothing is left out, nothing is invented, nobody gets data who is not registered."""
        for name, given, wanted in (
            ("purposes", self.purposes.keys(), PURPOSES),
            ("categories", self.categories.keys(), CATEGORIES),
        ):
            if odd := sorted(given ^ wanted):
                raise ValueError(f"{name}: missing, or none of the list: {', '.join(odd)}")
        named = {who for category in self.categories.values() for who in category.recipients}
        if odd := sorted(named ^ self.recipients.keys()):
            raise ValueError(f"recipients: not registered, or without data: {', '.join(odd)}")
        return self


def names() -> tuple[str, ...]:
    """The ids of all profiles, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def load(profile: str) -> Profile:
    """The profile with this id. Raises UnknownProfile."""
    if profile not in names():
        raise UnknownProfile(f"There is no such profile; the profiles are {', '.join(names())}.")
    return Profile.model_validate(yaml.safe_load((_FOLDER / f"{profile}.yaml").read_text()))
