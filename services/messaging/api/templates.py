"""Templates: texts with gaps, by their names."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common.mongo import Document, Work
from libs.common.service import Caller, acting
from libs.common.web import Cursor, CursorText, Limit, Page, not_found
from services.messaging.domain.templates import placeholders_of
from services.messaging.store import Store

router = APIRouter(prefix="/v1/templates", tags=["templates"])

Reader = Annotated[Caller[Store], acting("templates:read")]
Writer = Annotated[Caller[Store], acting("templates:write")]
Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_-]{0,63}$", examples=["renewal-soon"])]


class TemplateIn(BaseModel):
    """A text; `{name}` is a gap that each message fills. It is about nobody yet."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class Template(BaseModel):
    """A template as stored; `placeholders` are the names of its gaps."""

    name: str
    text: str
    placeholders: list[str]
    updated_at: AwareDatetime
    updated_by: str

    @classmethod
    def of(cls, row: Document) -> "Template":
        """From the stored row."""
        gaps = list(placeholders_of(row["text"]))
        return cls.model_validate({**row, "name": row["_id"], "placeholders": gaps})


@router.get("", summary="List templates, by name")
async def list_templates(
    who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[Template]:
    """The agency's templates."""
    pages = Cursor("templates", who.tenant.tenant)
    rows = await who.store.templates.page(pages.read_name(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["_id"],))
    return Page(data=[Template.of(row) for row in rows], next_cursor=following)


@router.get("/{name}", summary="One template")
async def get_template(name: str, who: Reader) -> Template:
    """The template with this name."""
    row = await who.store.templates.get(name)
    if row is None:
        raise not_found()
    return Template.of(row)


@router.put("/{name}", summary="Write a template")
async def put_template(name: Name, given: TemplateIn, who: Writer) -> Template:
    """Writes it, in place of what was there; messages that were made from it stay as they are."""

    async def body(store: Store, work: Work) -> None:
        await store.templates.put(name, given.text, who.principal.user, work.now)

    await who.write(body)
    return await get_template(name, who)


@router.delete("/{name}", status_code=204, summary="Delete a template")
async def remove_template(name: str, who: Writer) -> None:
    """Deletes it."""

    async def body(store: Store, _: Work) -> None:
        if not await store.templates.remove(name):
            raise not_found()

    await who.write(body)
