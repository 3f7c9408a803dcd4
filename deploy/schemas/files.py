"""What lies in `docs/events` and beside it: what should be there, what is, what was released."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.schemas import contract, settings
from deploy.schemas.asyncapi import document
from deploy.schemas.kinds import kinds, name_of
from deploy.schemas.node import Schema
from deploy.schemas.table import table
from deploy.schemas.wiring import ROOT, wirings

FOLDER = ROOT / "docs" / "events"
RELEASED = "released"
SETTINGS = "../settings.md"

Texts = Mapping[str, str]


def schemas() -> dict[str, Schema]:
    """The schemas by name: one per event, and the envelope."""
    made = {name_of(kind): contract.of_kind(kind) for kind in kinds()}
    return {"envelope": contract.of_envelope(), **made}


def generated() -> dict[str, str]:
    """Name and text of every generated file. The same code gives the same bytes."""
    services = wirings()
    texts = {f"{name}.json": as_text(schema) for name, schema in schemas().items()}
    return texts | {
        "asyncapi.json": as_text(document(services)),
        "README.md": table(services),
        SETTINGS: settings.page(),
    }


def as_text(content: Any) -> str:
    """JSON as it is committed."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def differing(folder: Path, texts: Texts) -> list[str]:
    """The files that are missing, changed, or left over."""
    names = texts.keys() | {path.name for path in _kept(folder)}
    return sorted(name for name in names if texts.get(name) != _text(folder / name))


def write(folder: Path, texts: Texts) -> list[str]:
    """Makes the folder what it should be, and returns the files it changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = differing(folder, texts)
    for name in changed:
        if name in texts:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(texts[name], "utf-8")
        else:
            (folder / name).unlink()
    return changed


def released(folder: Path) -> dict[str, Schema]:
    """The released schemas by name."""
    paths = sorted((folder / RELEASED).glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def _kept(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if path.suffix in {".json", ".md"}]
