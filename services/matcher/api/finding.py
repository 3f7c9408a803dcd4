"""Customers, by what they say on the telephone."""

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from libs.common import phone
from libs.common.customers.correction import LONGEST_NUMBER
from libs.common.mongo import Document
from libs.common.service import Caller
from libs.common.web import FieldError, Page, Problem, refuses
from services.matcher.api.customers import Reader
from services.matcher.api.shapes import Contact, CustomerOut, Identity, Short
from services.matcher.domain.drafts import Draft
from services.matcher.store import Store

MOST = 50
UNUSABLE = "Correct the number."

router = APIRouter(prefix="/v1", tags=["customers"])


class Sought(BaseModel):
    """A number in any usual spelling, or the id of the agency's own list: one of the two."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str | None, Field(max_length=LONGEST_NUMBER), Contact] = None
    external_id: Annotated[Short | None, Identity] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.number is None) == (self.external_id is None):
            raise PydanticCustomError("sought", "Give a number, or an external id.")
        return self

    def e164(self, region: str) -> str | None:
        """The number as it is dialled, if one is given. Raises Problem 422 where it is none."""
        if self.number is None:
            return None
        found = phone.parse(self.number, region)
        if isinstance(found, phone.NotANumber):
            error = FieldError(pointer="#/number", detail=found.explanation)
            raise Problem(422, "unusable_number", UNUSABLE, errors=[error])
        return found.e164


@router.post(
    "/customers:find",
    summary="The customers with a number, or with an id of your own",
    responses=refuses(422, {"unusable_number": UNUSABLE}),
)
async def find_customers(sought: Sought, who: Reader) -> Page[CustomerOut]:
    """So neither stands in a URL. At most 50, the last written first, on one page.

    A record that may not be used is found by those who decide on requests, and by nobody else.
    """
    rows = await _rows(sought, who)
    restricted = await who.store.restrictions.among(rows)
    shown = [
        CustomerOut.of(row, who, restricted)
        for row in rows
        if who.decides or row["_id"] not in restricted
    ]
    await who.saw("customers", len(shown))
    return Page(data=shown, next_cursor=None)


async def _rows(sought: Sought, who: Caller[Store]) -> list[Document]:
    e164, customers = sought.e164(who.tenant.region), who.store.customers
    if e164 is not None:
        return await customers.with_number(e164, MOST)
    named = Draft(sought.external_id, None, None, (), None, None, None, None)
    row = await customers.get(customers.id_of(named))
    return [row] if row else []
