"""What stores hand over of a person, opened."""

import json
from base64 import b64decode
from collections import defaultdict
from typing import Any

from libs.common import clock
from libs.common.events import ExportOrdered, ExportPart, TenantSaved
from libs.common.events.privacy import PART_FIELD
from tests.support.http import Harness

Told = dict[str, list[dict[str, Any]]]


def export(subject: str, *customers: str, **said: Any) -> ExportOrdered:
    """Hand over what is kept of this person; only these customers where any are named."""
    named = {"customers": customers} if customers else {}
    return ExportOrdered(
        **{"request_id": "req_1", "subject": subject, "at": clock.now(), **named, **said}
    )


async def told(house: Harness[Any], tenant: TenantSaved, subject: str, *customers: str) -> Told:
    """Orders it, and puts the parts of the answer together."""
    before = len(house.units.of(ExportPart))
    await house.take(export(subject, *customers), tenant)
    parts = house.units.of(ExportPart)[before:]
    assert [part.index for part in parts] == list(range(parts[0].parts))
    assert {(part.store, part.subject) for part in parts} == {(house.service.name, subject)}
    rows: Told = defaultdict(list)
    for part in parts:
        sealed = b64decode(part.sealed)
        for name, some in json.loads(house.keys.unseal(tenant.tenant, PART_FIELD, sealed)).items():
            rows[name] += some
    return dict(rows)
