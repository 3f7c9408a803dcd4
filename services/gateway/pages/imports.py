"""Files of customers: a new one, those before, and what was wrong in one."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

LISTED, FAULTS = 25, 50
BASES = ("consent", "contract", "legal_obligation", "legitimate_interest")
FIELDS = (
    "external_id", "name", "first_name", "last_name", "email", "phone", "extension", "country",
    "status", "renewal_on", "customer_since", "language",
)  # fmt: skip


@router.get("/imports")
async def imports(seen: Seen, cursor: str | None = None) -> Response:
    """A form for a new file, and the files so far."""
    found = await seen.get("/v1/imports", limit=LISTED, cursor=cursor)
    return seen.show("imports.html", found=found, bases=BASES, fields=FIELDS)


@router.get("/imports/{import_id}")
async def one_import(import_id: str, seen: Seen, cursor: str | None = None) -> Response:
    """What became of a file, and the lines that were refused."""
    values = {"import_id": import_id}
    told = await seen.get("/v1/imports/{import_id}", values)
    faults = await seen.get("/v1/imports/{import_id}/errors", values, limit=FAULTS, cursor=cursor)
    return seen.show("import.html", told=told, faults=faults)
