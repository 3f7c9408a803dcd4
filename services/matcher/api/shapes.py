"""A customer as it is given, and as it is shown."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common.customers.correction import LONGEST_NUMBER, MOST_NUMBERS, Label
from libs.common.customers.values import LONGEST
from libs.common.events.personal import RECOGNISE, SHOW, Personal
from libs.common.mongo import Document
from libs.common.service import Caller
from libs.common.web import FieldError, Problem
from services.matcher.domain import entry
from services.matcher.domain.drafts import Draft
from services.matcher.store import Store

Short = Annotated[str, Field(max_length=LONGEST)]
_BESIDE = {"numbers", "lawful_basis", "renewed_basis"}
_OF_RESTRICTED = {"id", "restricted", "lawful_basis", "origin", "version", "updated_at"}
Identity = Personal("identity", RECOGNISE)
Contact = Personal("contact", RECOGNISE)
Contract = Personal("contract", SHOW)


class NumberIn(BaseModel):
    """A number in any usual spelling; without `+` it is read in the agency's region."""

    number: Annotated[str, Field(max_length=LONGEST_NUMBER), Contact]
    label: Label = "phone"


class CustomerIn(BaseModel):
    """A customer. Something must tell them from others: an id, an e-mail, or name and number."""

    model_config = ConfigDict(extra="forbid")

    external_id: Annotated[Short | None, Identity] = None
    name: Annotated[Short | None, Identity] = None
    email: Annotated[Short | None, Contact] = None
    numbers: Annotated[list[NumberIn], Field(max_length=MOST_NUMBERS)] = []
    status: Annotated[Short | None, Contract] = None
    renewal_on: Annotated[date | None, Contract] = None
    customer_since: Annotated[date | None, Contract] = None
    language: Annotated[Short | None, Identity] = None
    lawful_basis: Literal["consent", "contract", "legal_obligation", "legitimate_interest"]
    renewed_basis: Annotated[
        str | None,
        Field(
            min_length=3,
            max_length=500,
            pattern=r"\S",
            description="Why a person who was erased may be kept again; else they are refused.",
        ),
    ] = None

    def draft(self, region: str) -> Draft:
        """By the rules of files. Raises Problem 422 with a pointer to each field at fault."""
        texts = self.model_dump(mode="json", exclude=_BESIDE, exclude_none=True)
        try:
            return entry.read(
                entry.Given(texts, [(n.label, n.number) for n in self.numbers]), region
            )
        except entry.Unusable as unusable:
            errors = [_error(fault.column, fault.explanation) for fault in unusable.faults]
            raise Problem(
                422, "unusable_customer", "Correct the fields named below.", errors=errors
            ) from None


class NumberOut(BaseModel):
    """A number as it is dialled; `subject` is what calls and conversations name it by."""

    e164: Annotated[str, Contact]
    subject: str
    extension: Annotated[str | None, Contact]
    label: str
    kind: str
    primary: bool


class CustomerOut(BaseModel):
    """A customer as stored; `version` counts the writes.

    `restricted`: the data is kept and may not be used until a request is decided. Only who decides
    on requests is answered it; for others what is about the person is null, and without numbers.
    """

    id: str
    restricted: bool
    external_id: Annotated[str | None, Identity]
    name: Annotated[str | None, Identity]
    email: Annotated[str | None, Contact]
    numbers: list[NumberOut]
    status: Annotated[str | None, Contract]
    renewal_on: Annotated[date | None, Contract]
    customer_since: Annotated[date | None, Contract]
    language: Annotated[str | None, Identity]
    lawful_basis: str
    origin: str
    version: int
    last_contact: Annotated[AwareDatetime | None, Personal("behaviour", SHOW)]
    updated_at: AwareDatetime

    @classmethod
    def of(cls, row: Document, who: Caller[Store], restricted: Collection[str]) -> "CustomerOut":
        """From the stored row, as this caller may see it."""
        numbers = [{**number, "subject": number["codes"]["exact"]} for number in row["numbers"]]
        told = {**row, "id": row["_id"], "restricted": row["_id"] in restricted, "numbers": numbers}
        if told["restricted"] and not who.decides:
            told |= {**dict.fromkeys(cls.model_fields.keys() - _OF_RESTRICTED), "numbers": []}
        return cls.model_validate(told)


def _error(column: str | None, explanation: str) -> FieldError:
    if column is None:
        return FieldError(pointer="#", detail=explanation)
    label, phone, index = column.partition(" phone ")
    pointer = f"#/numbers/{index}/number" if phone else f"#/{label}"
    return FieldError(pointer=pointer, detail=explanation)
