"""Packages to reason about, and what is in them."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from libs.common import profiles
from services.consent.domain.rights.package import Material, build

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
NOURA, MALL, STRANGER = "+966501234567", "+966112345678", "+966501112222"
CUSTOMER: dict[str, Any] = {
    "id": "cus_" + "0a" * 16,
    "external_id": "100000012",
    "name": "Noura",
    "email": "noura@example.org",
    "numbers": [{"number": NOURA, "as_given": "050 123 4567", "label": "mobile"}],
    "created_at": "2026-05-19T12:00:00.000Z",
}


def material(rows: dict[str, list[dict[str, Any]]] | None = None, **said: Any) -> Material:
    """What was handed over of Noura, a customer of an agency in Riyadh."""
    profile = profiles.load(said.pop("profile", "interkey-connect"))
    known: dict[str, Any] = {
        "request": "req_1",
        "number": NOURA,
        "received_at": NOON,
        "made_at": NOON,
        "agency": "Riyadh Cover",
        "region": "SA",
        "language": "ar",
        "profile": profile,
        "kept_days": profile.kept_days,
        "read_at": {"matcher": NOON, "messaging": NOON},
        "rows": {"customers": [CUSTOMER], **(rows or {})},
    }
    return Material(**{**known, **said})


def note(text: str, **said: Any) -> dict[str, Any]:
    """A text that Noura wrote."""
    known = {"id": "msg_" + "b1" * 16, "direction": "in", "number": NOURA, "text": text}
    return {**known, "requested_by": None, **said}


def files(package: bytes) -> dict[str, bytes]:
    """What is in the zip, by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(made: Material) -> dict[str, bytes]:
    """The files of the package that is made of this."""
    return files(build(made))


def data(found: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    """What data.json holds."""
    rows: dict[str, list[dict[str, Any]]] = json.loads(found["data.json"])
    return rows


def table(found: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """A CSV file as a reader gets it."""
    text = found[f"{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
