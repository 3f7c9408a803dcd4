"""A tenant's keys in the hands of the domain, which knows no key file."""

import base64

from libs.common.events import TenantSaved
from libs.common.events.messages import TEXT_FIELD
from libs.common.keys import Keys
from services.ingest.domain.family import Reading
from services.ingest.domain.refusal import NotUnderstood, Why


def reading_of(keys: Keys, tenant: TenantSaved) -> Reading:
    """How this tenant's events are read. Raises NotUnderstood while its keys are not here.

    The event that tells of a tenant may be faster than the secret that is mounted with its keys.
    """
    owner = tenant.tenant
    if not keys.has(owner):
        raise NotUnderstood(Why.NO_KEYS)

    def seal(text: str) -> str:
        return base64.b64encode(keys.seal(owner, TEXT_FIELD, text.encode())).decode()

    return Reading(tenant.region, lambda e164: keys.code(owner, e164), seal)
