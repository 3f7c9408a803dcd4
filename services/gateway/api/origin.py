"""Where a request comes from: our own pages or not, and which address.

The rule against forged requests: what changes something must carry our own `Origin`, or, where
a browser sends none, `Sec-Fetch-Site: same-origin`. Programs send the Origin header too.
"""

from fastapi import Request

from libs.common.web import Problem
from services.gateway.domain.permissions import Operation
from services.gateway.domain.refusals import SAFE
from services.gateway.domain.routes import UPLOADS


def check_origin(request: Request, public_url: str) -> None:
    """Raises Problem 403 for a change that did not begin on our own pages."""
    if request.method in SAFE:
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    own = origin == public_url if origin is not None else site == "same-origin"
    if not own or site not in {None, "same-origin"}:
        raise Problem(403, "foreign_origin", f"Send the header `Origin: {public_url}`.")


def check_content(request: Request, operation: Operation) -> None:
    """Raises Problem 415 for a body that is not of the kind the operation takes."""
    if not has_body(request):
        return
    wanted = "text/csv" if str(operation) in UPLOADS else "application/json"
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
        raise Problem(415, "unsupported_media_type", f"Send the body as {wanted}.")


def has_body(request: Request) -> bool:
    """Whether a body follows."""
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers


def address_of(request: Request, proxies: int) -> str:
    """The client's address; of what it claims, only our own proxies' additions are believed."""
    peer = request.client.host if request.client else ""
    line = ",".join(request.headers.getlist("x-forwarded-for"))
    claimed = [part.strip() for part in line.split(",") if part.strip()]
    return claimed[-proxies] if 0 < proxies <= len(claimed) else peer
