"""The OpenAPI document as the gateway serves it, from the code of all services."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from deploy.schemas import operations
from deploy.schemas.files import as_text
from deploy.schemas.openapi_compatibility import breaking
from libs.common.web import create_app
from services.gateway.domain.openapi import merge
from services.gateway.domain.permissions import listed
from services.gateway.domain.routes import SERVICES

PAGE = "docs/openapi.json"
RELEASED = Path("tests") / "golden" / "openapi.json"
"""What readers rely on, from the repository's root; examples and descriptions left out."""

COOKIE = "__Host-sid"
_WORDS = {"description", "example", "examples", "summary", "tags", "title"}


@cache
def document() -> dict[str, Any]:
    """The whole document. The same code gives the same one."""
    names = sorted({operations.GATEWAY, *SERVICES.values()})
    of_services = {
        name: create_app(name, operations.routers_of(name), version="1").openapi() for name in names
    }
    return dict(merge(of_services, listed, COOKIE))


def broken(root: Path) -> list[str]:
    """What breaks an app that was written for the released document; nothing if none was."""
    path = root / RELEASED
    return breaking(json.loads(path.read_text("utf-8")), document()) if path.exists() else []


def release(root: Path) -> Path:
    """Writes down what apps rely on from now on, and returns where."""
    path = root / RELEASED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(bare(document())), "utf-8")
    return path


def bare(value: Any, *, named: bool = False) -> Any:
    """What programs rely on: without words for people. `named`: the keys are names of ours."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: bare(part, named=key in {"properties", "schemas", "paths"} and not named)
        for key, part in value.items()
        if named or key not in _WORDS
    }
