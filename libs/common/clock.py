"""The one source of time: aware UTC, shifted by a file where that is allowed.

Tests and drills move time by writing an offset in seconds into the file named by CLOCK_FILE;
the settings refuse that variable in production.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def follow(offset_file: Path | None) -> None:
    """Reads the offset from this file from now on; None returns to the machine's clock."""
    global _offset_file
    _offset_file = offset_file


def offset() -> timedelta:
    """The shift in force; zero where the file is absent or empty."""
    if _offset_file is None:
        return timedelta()
    try:
        text = _offset_file.read_text().strip()
    except FileNotFoundError:
        return timedelta()
    return timedelta(seconds=float(text or 0))


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + offset()  # noqa: TID251 - the only place that may ask


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with `Z` and milliseconds, as every API answer and event carries it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
