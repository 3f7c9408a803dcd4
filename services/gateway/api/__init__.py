"""HTTP in: the operations for agencies, and those for operators."""

from fastapi import APIRouter, Depends

from services.gateway.api import (
    keys,
    live,
    numbers,
    openapi,
    operator,
    proxy,
    replacing,
    resetting,
    session,
    sessions,
    usage,
    users,
    webhook_deliveries,
    webhooks,
)
from services.gateway.api.access import admitted
from services.gateway.api.access import operator as only_operators


def _agency() -> APIRouter:
    router = APIRouter(dependencies=[Depends(admitted)])
    proxy.add_to(router)  # first, and not as a router of its own: each is searched row by row
    parts = (session, sessions, replacing, users, resetting, keys, numbers, usage, live, openapi)
    for part in (*parts, webhooks, webhook_deliveries):
        router.include_router(part.router)
    return router


def _operators() -> APIRouter:
    router = APIRouter(dependencies=[Depends(only_operators)])
    router.include_router(operator.router)
    return router


ROUTERS = (_agency(), _operators())
