"""The files that the data map is written to, by their path from the root."""

from deploy.datamap.page import page
from deploy.datamap.resolved import document
from deploy.datamap.rows import places
from deploy.schemas.files import as_text
from libs.common import profiles

PAGE = "docs/data-map.md"
SERVED = "services/consent/domain/proof/data_map"
"""Beside the code that serves it: an image has its own service's folder and the libraries."""


def generated() -> dict[str, str]:
    """Path and text. The same code gives the same bytes."""
    every = [profiles.load(name) for name in profiles.names()]
    found = places()
    maps = {f"{SERVED}/{each.id}.json": as_text(document(each, found)) for each in every}
    return {PAGE: page(every, found), **maps}
