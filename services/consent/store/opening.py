"""A request is written down."""

from libs.common import profiles
from libs.common.events import Note, actor_of
from libs.common.mongo import Work
from services.consent.domain.rights.asked import Asking
from services.consent.domain.rights.request import Request
from services.consent.store import Store


async def open_request(asking: Asking, store: Store, work: Work) -> Request:
    """The request as it stands; one that is sent again is the same one."""
    known = await store.rights.requests.get(asking.id)
    if known:
        return known
    due = profiles.load(work.tenant.profile).due
    work.note(
        Note(
            action="privacy.request_received",
            actor="person" if asking.channel == "sms" else actor_of(asking.opened_by),
            person=asking.subject,
            object=asking.id,
            facts={"kind": asking.kind, "channel": asking.channel},
        )
    )
    return await store.rights.keep(asking.opened(due, work.timezone, work.now))
