"""What numbers, connections and profiles have in common: from when they are whose."""

from deploy.cli import show
from libs.common import clock
from libs.common.events import Assignment


def report(tenant: str, value: str, held: tuple[Assignment, ...], *, as_json: bool) -> None:
    """Says what is assigned now; `held` is the tenant's whole list, as the gateway answers."""
    latest = max((h for h in held if h.value == value), key=lambda h: h.valid_from)
    since = clock.rfc3339(latest.valid_from)
    if as_json:
        show.document({"tenant": tenant, "value": value, "valid_from": since})
    else:
        show.sentence(f"{value} belongs to {tenant} from {since}.")
