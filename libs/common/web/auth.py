"""Which principal asks, and whether it may."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import Counter

from libs.common.principal import Principal, Refused, Verifier
from libs.common.web.problems import Problem

REFUSALS = Counter("principal_refusals", "Requests without a believable principal.", ["reason"])

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="principal")


def requires(scope: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency that gives the verified principal.

    The verifier is `app.state.verifier`. Without a good token the answer is 401, without the
    scope 403.

        who: Annotated[Principal, Depends(requires("customers:read"))]
    """

    async def principal(
        request: Request,
        credentials: Annotated[
            HTTPAuthorizationCredentials | None, Security(_bearer, scopes=[scope])
        ],
    ) -> Principal:
        who = _verified(cast(Verifier, request.app.state.verifier), credentials)
        if scope not in who.scopes:
            REFUSALS.labels("scope").inc()
            raise Problem(403, "forbidden", "Your role does not allow this.")
        return who

    return principal


def _verified(verifier: Verifier, credentials: HTTPAuthorizationCredentials | None) -> Principal:
    try:
        if credentials is None:
            raise Refused("missing")
        return verifier.verify(credentials.credentials)
    except Refused as refused:
        REFUSALS.labels(refused.reason).inc()
        raise Problem(
            401, "unauthenticated", str(refused), headers={"WWW-Authenticate": "Bearer"}
        ) from None
