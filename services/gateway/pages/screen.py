"""A page for somebody who is signed in: what it shows is what the API answers them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from libs.common.web import Problem, not_found
from services.gateway.api.access import Signed, Visitor, visitor_of
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.proxy import away_problem
from services.gateway.clients import Ask, Away
from services.gateway.domain import routes
from services.gateway.domain.permissions import TABLE
from services.gateway.pages.navigation import places
from services.gateway.pages.rendering import page, preferred, refused


@dataclass(frozen=True)
class Screen:
    """Who looks, where, and in which language and time zone."""

    desk: Desk
    me: Visitor
    path: str
    agency: str
    language: str
    timezone: str

    def may(self, method: str, template: str) -> bool:
        """Whether the API lets them do this."""
        return TABLE[method, template] in self.me.scopes

    async def get(self, template: str, values: Mapping[str, str] = {}, **query: object) -> Any:
        """What the API answers to a GET; the service notes the reading. Raises its Problem."""
        return (await self.read(template, values, **query))[0]

    async def read(
        self, template: str, values: Mapping[str, str] = {}, **query: object
    ) -> tuple[Any, str]:
        """The same, with its `ETag`; "" where it has none."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        target = routes.target(template, values, urlencode(asked))
        service = routes.service_of(template)
        if target is None or service is None:
            raise not_found()
        headers = {"accept": "application/json"}
        ask = Ask(service, f"GET {template}", "GET", target, headers)
        try:
            answer = await self.desk.services.send(ask, self.me.principal)
            body = await answer.whole(service)
        except Away as away:
            raise away_problem(away) from None
        said = json.loads(body)
        if answer.status >= 400:
            raise Problem(answer.status, said["code"], said["detail"])
        return said, answer.headers.get("etag", "")

    async def find(self, template: str, values: Mapping[str, str] = {}, **query: object) -> Any:
        """The same; None where there is no such thing, or where they may not see it."""
        if not self.may("GET", template):
            return None
        try:
            return await self.get(template, values, **query)
        except Problem as problem:
            if problem.status in {403, 404}:
                return None
            raise

    def show(self, template: str, **values: Any) -> HTMLResponse:
        """The page, with the way to the others."""
        return page(template, self.language, **self.frame(), **values)

    def frame(self) -> dict[str, Any]:
        """What stands on every page."""
        return {
            "agency": self.agency,
            "user": self.me.account.name,
            "places": places(self.me.scopes),
            "here": self.path,
            "timezone": self.timezone,
            "may": self.may,
        }


async def screen(request: Request, me: Signed) -> Screen:
    """The screen of who is signed in."""
    return await screen_of(request, me)


async def screen_of(request: Request, me: Visitor) -> Screen:
    """The screen of a visitor."""
    desk = desk_of(request)
    tenant = await desk.store().tenants.get(me.account.tenant)
    return Screen(
        desk,
        me,
        request.url.path,
        tenant.name if tenant else "",
        tenant.language if tenant else "en",
        tenant.timezone if tenant else "UTC",
    )


Seen = Annotated[Screen, Depends(screen)]


class PageRoute(APIRoute):
    """A page says in words why it cannot be shown; who is not signed in may do so there."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler, with pages for its problems."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return await _refusal(request, problem)
            except RequestValidationError:
                return await _refusal(request, Problem(422, "bad_link", "This link is not right."))

        return handler


async def _refusal(request: Request, problem: Problem) -> Response:
    if problem.status == 401:
        return page("sign_in.html", preferred(request), status=401)
    visitor = getattr(request.state, "visitor", None)
    if problem.code == "forbidden":  # not let in, but known, and led to what is theirs
        visitor = await visitor_of(request)
    if not isinstance(visitor, Visitor):
        return refused(request, problem)
    shown = await screen_of(request, visitor)
    frame = shown.frame()
    return page("refused.html", shown.language, status=problem.status, problem=problem, **frame)
