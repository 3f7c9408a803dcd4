"""How many requests each may make, and how an answer tells where somebody stands.

The headers are those of draft-ietf-httpapi-ratelimit-headers, an Internet-Draft: names and form may
change yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

WINDOW = 10
"""Seconds in which requests are counted. They begin with the first one, and are then forgotten."""
REFUSED, REFUSED_WINDOW = 30, 60
"""Keys that are no good, from one address, that are looked at in so many seconds."""


@dataclass(frozen=True)
class Quotas:
    """Requests that each may make of one process in `WINDOW` seconds.

    `address` counts what is open to all, and what comes to nothing since nobody is signed in.
    """

    key: int = 2000
    user: int = 2000
    tenant: int = 4000
    address: int = 2000


@dataclass(frozen=True)
class Standing:
    """How somebody stands to one quota: `left` requests until it begins anew in `reset` seconds."""

    name: str
    quota: int
    window: int
    left: int
    reset: int
    held: bool = True


def headers(standings: Sequence[Standing]) -> dict[str, str]:
    """What an answer says of all quotas that its request counted for."""
    told = {
        "RateLimit-Policy": ", ".join(f'"{s.name}";q={s.quota};w={s.window}' for s in standings),
        "RateLimit": ", ".join(f'"{s.name}";r={s.left};t={s.reset}' for s in standings),
    }
    waits = [max(s.reset, 1) for s in standings if not s.held]
    return {**told, "Retry-After": str(max(waits))} if waits else told


def neighbourhood(address: str) -> str:
    """What is counted as one address: of IPv6 the /64, which one client has for itself.

    Some proxies add a port, or write IPv4 as IPv6 has it, which would be one /64 for everybody.
    """
    bare = address.removeprefix("[").partition("]")[0] if "[" in address else address
    bare = bare.partition("%")[0] if bare.count(":") != 1 else bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
