"""The key with which the simulator's customers send messages: a test key."""

import os
import secrets
from pathlib import Path


def prepare(file: Path) -> None:
    """Makes the key where it is absent; nobody else may read it."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"KEYTEST{secrets.token_hex(16)}")
