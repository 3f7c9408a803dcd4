"""Imports: a CSV file comes in as it is read, and every line is accounted for."""

import csv
import io
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from libs.common import clock
from libs.common.events.personal import CARRY, Personal
from libs.common.mongo import Document
from libs.common.service import Caller, acting
from libs.common.web import (
    NOT_CSV,
    UNREADABLE,
    Cursor,
    CursorText,
    FieldError,
    Limit,
    Page,
    Problem,
    csv_body,
    csv_stream,
    not_found,
    refuses,
)
from services.matcher.api.batch import Attestation
from services.matcher.api.upload import Upload
from services.matcher.domain.faults import Fault, guarded, headlines
from services.matcher.domain.sheet import Sheet
from services.matcher.domain.tally import state_now
from services.matcher.store import Store

MAX_UPLOAD = 1_000_000_000

router = APIRouter(prefix="/v1/imports", tags=["imports"])

Reader = Annotated[Caller[Store], acting("imports:read")]
Writer = Annotated[Caller[Store], acting("imports:write")]

LawfulBasis = Literal["consent", "contract", "legal_obligation", "legitimate_interest"]


class Attested(BaseModel):
    """What the agency attests to, and how the file is to be read."""

    source: str = Field(
        min_length=3, max_length=200, description="Where the data comes from, in your words."
    )
    lawful_basis: LawfulBasis = Field(description="Why the agency may hold it.")
    renewed_basis: str | None = Field(
        None,
        min_length=3,
        max_length=500,
        pattern=r"\S",
        description="Why people who were erased may be kept again; else their lines are refused.",
    )
    mapping: str | None = Field(
        None,
        max_length=4000,
        description='JSON: header to field, such as {"Pol. no": "external_id"}; or to "ignore".',
    )

    def headers(self) -> dict[str, str]:
        """The mapping, header to field. Raises Problem 422 where it is no such JSON."""
        try:
            return _MAPPING.validate_json(self.mapping or "{}")
        except ValidationError:
            error = FieldError(pointer="mapping", detail="Give a JSON object of header to field.")
            detail = "The mapping cannot be read."
            raise Problem(422, "mapping", detail, errors=[error]) from None


_MAPPING = TypeAdapter(dict[str, str])


class Import(BaseModel):
    """An import. `rows` is the sum of the five counts after it.

    `state` is running, finished, or interrupted (the upload broke off: send the file again).
    """

    id: str
    state: str
    source: str
    lawful_basis: str
    attested_by: str
    renewed_basis: str | None = None
    started_at: AwareDatetime
    updated_at: AwareDatetime
    rows: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    faults: dict[str, int]
    advice: list[str]
    encoding: str | None
    delimiter: str | None
    unknown_columns: list[str]

    @classmethod
    def of(cls, row: Document) -> "Import":
        """From the stored row."""
        told = {**row, **row["counts"], "id": row["_id"]}
        state = state_now(row["state"], row["updated_at"], clock.now())
        return cls.model_validate(
            {**told, "state": state, "advice": list(headlines(row["faults"]))}
        )


class RowFault(BaseModel):
    """What is wrong in one line. `value` is as given; `line` counts from 1, the header first."""

    line: int
    column: str | None
    value: Annotated[str, Personal("content", CARRY)]
    code: str
    explanation: str

    @classmethod
    def of(cls, fault: Fault) -> "RowFault":
        """From the domain's fault."""
        return cls(**{name: getattr(fault, name) for name in cls.model_fields})


@router.post(
    "",
    status_code=201,
    summary="Import customers from a CSV file",
    max_body_size=MAX_UPLOAD,
    responses=refuses(415, NOT_CSV)
    | refuses(
        422,
        UNREADABLE
        | {
            "mapping": "The mapping cannot be read.",
            "no_phone_column": "No column is known to hold telephone numbers. Name one 'phone'.",
        },
    ),
    openapi_extra=csv_body("id;name;phone\nP-1042;Amal Haddad;+13035550142\n"),
)
async def create_import(
    request: Request,
    who: Writer,
    response: Response,
    attested: Annotated[Attested, Query()],
) -> Import:
    """Reads the body as it comes. Good lines land, the others are listed under `errors`."""
    file = csv_stream(request)
    basis = attested.renewed_basis
    said = Attestation(attested.source, attested.lawful_basis, who.principal.user, basis)
    upload = Upload(who, Sheet(who.tenant.region, attested.headers()), said)
    row = await upload.run(file)
    response.headers["Location"] = f"/v1/imports/{row['_id']}"
    return Import.of(await _row(who, row["_id"]))  # as stored, its times to the millisecond


@router.get("", summary="List imports, the latest first")
async def list_imports(who: Reader, limit: Limit = 50, cursor: CursorText = None) -> Page[Import]:
    """The tenant's imports."""
    pages = Cursor("imports", who.tenant.tenant)
    rows = await who.store.imports.page(pages.read_place(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["started_at"], row["_id"]))
    return Page(data=[Import.of(row) for row in rows], next_cursor=following)


@router.get("/{import_id}", summary="One import")
async def get_import(import_id: str, who: Reader) -> Import:
    """The import with this id."""
    return Import.of(await _row(who, import_id))


@router.get("/{import_id}/errors", summary="What was wrong, line by line")
async def list_import_errors(
    import_id: str, who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[RowFault]:
    """The faults of an import in order of their lines; kept for 30 days."""
    await _row(who, import_id)
    pages = Cursor(f"errors/{import_id}", who.tenant.tenant)
    found = await who.store.imports.faults(import_id, pages.read_name(cursor), limit)
    following = pages.after(found, limit, lambda one: (one[0],))
    await who.saw(import_id, len(found))
    return Page(data=[RowFault.of(fault) for _, fault in found], next_cursor=following)


@router.get(
    "/{import_id}/errors.csv",
    summary="The same as a file for a spreadsheet",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def download_import_errors(import_id: str, who: Reader) -> Response:
    """At most 10,000 faults; cells that a spreadsheet would run as a formula are guarded."""
    await _row(who, import_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(RowFault.model_fields)
    found = await who.store.imports.faults(import_id, None, 10_000)
    await who.saw(import_id, len(found))
    for _, fault in found:
        cells = (fault.column or "", fault.value, fault.code, fault.explanation)
        writer.writerow([fault.line, *map(guarded, cells)])
    name = f'attachment; filename="{import_id}-errors.csv"'
    return Response(out.getvalue(), media_type="text/csv", headers={"Content-Disposition": name})


async def _row(who: Caller[Store], import_id: str) -> Document:
    row = await who.store.imports.get(import_id)
    if row is None:
        raise not_found()
    return row
