"""The newest checkpoint, remembered in a file that the platform cannot reach."""

import os
from pathlib import Path

from .checkpoint import Checkpoint
from .findings import Unreadable
from .material import note_in
from .trail import Trail


def recall(trail: Trail, file: Path) -> Checkpoint | None:
    """Holds the trail to what was remembered. A first run has nothing to recall."""
    return trail.remember(note_in(file), file.name) if file.exists() else None


def keep(trail: Trail, file: Path, before: Checkpoint | None) -> bool:
    """Writes the newest checkpoint where it is newer, whole or not at all; whether it did.

    Only for a trail that was judged, and found to lead through what was remembered. Raises
    Unreadable where the file cannot be written.
    """
    newest = trail.newest
    if newest is None or (before and newest.size <= before.size):
        return False
    try:
        _write(file, newest.note)
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be written: {error.strerror}") from None
    return True


def _write(file: Path, note: str) -> None:
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("w", encoding="utf-8", newline="") as opened:
        opened.write(note)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
