"""Where downloads are kept between runs."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def cache(part: str) -> Path:
    """Folder for `part` of the stack: under INTNET_CACHE, or else `.local/cache`."""
    return Path(os.environ.get("INTNET_CACHE") or ROOT / ".local" / "cache") / part
