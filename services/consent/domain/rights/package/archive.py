"""The package as one file: what is in it, and the hash of each part."""

import hashlib
import io
import json
import zipfile
from typing import Any

from services.consent.domain.rights.package import about, pages, tables
from services.consent.domain.rights.package.disclosures import disclosed
from services.consent.domain.rights.package.masking import Masker
from services.consent.domain.rights.package.material import Material
from services.consent.domain.rights.package.words.headings import TABLES


def build(material: Material) -> bytes:
    """The zip: pages, data, one table per category, and about.json, all named in manifest.json."""
    masker = Masker(material)
    whole = {**material.rows, "disclosures": disclosed(material)}
    order = [*TABLES, *sorted(whole.keys() - TABLES.keys())]
    rows = masker.rows({name: whole[name] for name in order if whole.get(name)})
    told = about.of(material, masker.counts)
    files = {
        "index.html": pages.page(material, rows, told).encode(),
        "data.json": _json(rows),
        "about.json": _json(told),
        **{f"{name}.csv": tables.sheet(many) for name, many in rows.items()},
    }
    manifest = {
        "request": material.request,
        "made_at": told["made_at"],
        "files": [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
        "replaced": masker.counts,
    }
    return _zipped({**files, "manifest.json": _json(manifest)}, material)


def _zipped(files: dict[str, bytes], material: Material) -> bytes:
    out = io.BytesIO()
    at = material.made_at
    made_at = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, made_at)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
