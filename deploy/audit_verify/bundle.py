"""A trail in one zip: the three files, and the SHA-256 of each."""

import hashlib
import json
import zipfile
import zlib
from pathlib import Path

from .findings import Code, Finding, Unreadable
from .material import Material, claims_in, keys_in, keys_of_text, sealed_in

ENTRIES, CHECKPOINTS = "entries.ndjson", "checkpoints.ndjson"
KEYS, MANIFEST = "keys.txt", "manifest.json"

_BROKEN = (OSError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


def from_bundle(bundle: Path, keys: Path | None) -> Material:
    """Keys that were got elsewhere are better than its own. Raises Unreadable."""
    try:
        with zipfile.ZipFile(bundle) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
        manifest = dict(json.loads(files[MANIFEST]))
        return Material(
            sealed_in(files[ENTRIES], ENTRIES),
            claims_in(files[CHECKPOINTS], CHECKPOINTS),
            keys_in(keys) if keys else keys_of_text(files[KEYS], KEYS),
            _unlike(files, manifest),
            own_keys=keys is None,
        )
    except KeyError as error:
        raise Unreadable(f"{bundle.name} holds no {error.args[0]}") from None
    except _BROKEN as error:
        raise Unreadable(f"{bundle.name} cannot be read: {error}") from None


def _unlike(files: dict[str, bytes], manifest: dict[str, str]) -> list[Finding]:
    hashed = {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != MANIFEST}
    names = sorted(
        name for name in hashed.keys() | manifest.keys() if hashed.get(name) != manifest.get(name)
    )
    text = "{} is not the file of which the bundle's manifest speaks: the bundle was changed"
    return [Finding(Code.ALTERED, 0, text.format(name), "bundle") for name in names]
