"""What is handled of whom and why, and what became of each promise: as generated from the code."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.service import Caller, acting
from libs.common.web import NOT_FOUND, not_found, refuses
from services.consent.store import Store

HERE = Path(__file__).parents[1] / "domain" / "proof"

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

Reader = Annotated[Caller[Store], acting("proof:read")]


class PrivacyContact(BaseModel):
    """Whom to write to about personal data."""

    name: str
    email: str | None
    address: str | None


class DataRecipient(BaseModel):
    """Somebody who gets personal data, where, what for, and under which safeguard.

    `agreement` is null until the operator has entered the contract that binds the recipient.
    """

    id: str
    name: str
    kind: Literal["telecom", "infrastructure", "authority"]
    country: str | None
    purpose: str
    safeguard: str
    agreement: str | None
    terms: str | None


class PurposeBasis(BaseModel):
    """One of the purposes that there are, with its one lawful basis."""

    purpose: str
    basis: str


class PersonalField(BaseModel):
    """A field that is about a person: `place` is a collection, an event, or a body or answer.

    `form` is plain, coded (pseudonymous), hashed or sealed; `recipients` are ids.
    """

    service: str
    kind: Literal["collection", "event", "api"]
    place: str
    field: str
    category: str
    form: Literal["plain", "coded", "hashed", "sealed"]
    purpose: str
    basis: str
    period: str
    role: Literal["processor", "controller"]
    recipients: list[str]


class OtherFields(BaseModel):
    """The fields of a place that are about nobody, or say only when, how many, and yes or no."""

    service: str
    kind: Literal["collection", "event", "api"]
    place: str
    fields: list[str]


class DataMap(BaseModel):
    """Every field that there is, for agencies of one operator."""

    profile: str
    operator: str
    contact: PrivacyContact
    jurisdiction: str
    recipients: list[DataRecipient]
    purposes: list[PurposeBasis]
    fields: list[PersonalField]
    about_nobody: list[OtherFields]


class Promise(BaseModel):
    """A sentence of the policy: what keeps it, the tests that show it, and what is missing."""

    id: str
    sentence: str
    control: str
    tests: list[str]
    gap: str | None
    state: Literal["kept", "partly", "open"]


class Promises(BaseModel):
    """What one version of the operator's policy promises; `sha256` is that of its text."""

    policy: str
    version: str
    sha256: str
    counts: dict[Literal["kept", "partly", "open"], int]
    promises: list[Promise]


@router.get(
    "/data-map",
    summary="What is handled of whom, why, how long, and who gets it",
    responses=refuses(404, NOT_FOUND),
)
async def get_data_map(who: Reader) -> DataMap:
    """The data map for agencies of the caller's operator."""
    return DataMap.model_validate_json(_file("data_map", who.tenant.profile))


@router.get(
    "/promises",
    summary="What the privacy policy promises, and what keeps it",
    responses=refuses(404, NOT_FOUND),
)
async def get_promises(who: Reader) -> Promises:
    """Every promise of the policy of the caller's operator, kept or not."""
    return Promises.model_validate_json(_file("promises", who.tenant.profile))


@cache
def _file(folder: str, profile: str) -> bytes:
    file = HERE / folder / f"{profile}.json"
    if not file.is_file():
        raise not_found()
    return file.read_bytes()
