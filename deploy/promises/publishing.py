"""The promises as consent serves them."""

from collections import Counter
from pathlib import Path
from typing import get_args

from deploy.promises.reading import Account, Promise, State, read
from deploy.schemas.files import as_text

SERVED = "services/consent/domain/proof/promises"


def generated(root: Path) -> dict[str, str]:
    """Path and text, a file per policy."""
    accounts = read(root)
    return {f"{SERVED}/{name}.json": as_text(_told(name, a)) for name, a in accounts.items()}


def _told(name: str, account: Account) -> dict[str, object]:
    states = Counter(promise.state for promise in account.promises)
    return {
        "policy": name,
        "version": account.version,
        "sha256": account.sha256,
        "counts": {state: states[state] for state in get_args(State)},
        "promises": [_promise(promise) for promise in account.promises],
    }


def _promise(promise: Promise) -> dict[str, object]:
    return {**promise.model_dump(mode="json"), "state": promise.state}
