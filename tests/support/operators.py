"""Operators of the platform at one service's doors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from libs.common.keys import PLATFORM
from libs.common.principal import OPERATOR, Principal, Signer, generate
from tests.support.http import Harness

Operator = Callable[..., httpx.AsyncClient]


def operator_at(house: Harness[Any], folder: Path) -> Operator:
    """Makes the operator `op_1`; what is returned gives a client of theirs with these scopes."""
    generate("operator", folder / "operator.json", folder / "jwks.json")
    signer = Signer(folder / "operator.json")

    def client(*scopes: str) -> httpx.AsyncClient:
        who = Principal(PLATFORM, "op_1", OPERATOR, frozenset(scopes))
        made = house.client(None)
        made.headers["Authorization"] = f"Bearer {signer.sign(who, house.service.name)}"
        return made

    return client
