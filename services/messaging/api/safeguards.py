"""Safeguards: what an agency records for the transfer of data to a region."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from libs.common.mongo import Document, Work
from libs.common.service import Caller, acting
from libs.common.web import Cursor, CursorText, Limit, Moment, Page, not_found
from services.messaging.store import Store

router = APIRouter(prefix="/v1/safeguards", tags=["safeguards"])

Reader = Annotated[Caller[Store], acting("safeguards:read")]
Writer = Annotated[Caller[Store], acting("safeguards:write")]
Region = Annotated[str, Path(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]


class SafeguardIn(BaseModel):
    """What lets data go to the region, by Art. 29 of the Saudi PDPL and its like."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["standard_clauses", "binding_rules", "adequacy", "certification", "other"]
    reference: str = Field(
        min_length=1, max_length=200, description="Where the document is, in your words."
    )
    valid_from: Moment
    valid_to: Moment | None = None

    @model_validator(mode="after")
    def _lasts(self) -> "SafeguardIn":
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise PydanticCustomError("order", "valid_to must be after valid_from")
        return self


class Safeguard(SafeguardIn):
    """A safeguard as recorded."""

    region: str
    updated_at: AwareDatetime
    updated_by: str

    @classmethod
    def of(cls, row: Document) -> "Safeguard":
        """From the stored row."""
        told = {name: row[name] for name in cls.model_fields if name != "region"}
        return cls(region=row["_id"], **told)


@router.get("", summary="List the safeguards, by region")
async def list_safeguards(
    who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[Safeguard]:
    """What the agency has recorded."""
    pages = Cursor("safeguards", who.tenant.tenant)
    rows = await who.store.safeguards.page(pages.read_name(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["_id"],))
    return Page(data=[Safeguard.of(row) for row in rows], next_cursor=following)


@router.put("/{region}", summary="Record the safeguard of a region")
async def put_safeguard(region: Region, given: SafeguardIn, who: Writer) -> Safeguard:
    """Records it, in place of what was recorded."""

    async def body(store: Store, work: Work) -> Document:
        row = {
            **given.model_dump(),
            "updated_at": work.now,
            "updated_by": who.principal.user,
        }
        await store.safeguards.put(region, row)
        return row

    return Safeguard.of({"_id": region, **await who.write(body)})


@router.delete("/{region}", status_code=204, summary="Remove the safeguard of a region")
async def remove_safeguard(region: Region, who: Writer) -> None:
    """Nothing is sent to the region's people any more, where one is needed."""

    async def body(store: Store, _: Work) -> None:
        if not await store.safeguards.remove(region):
            raise not_found()

    await who.write(body)
