"""Where deliveries may go: to public addresses alone, and there to https.

Whoever may register an endpoint chooses where this platform sends requests to. An address inside
the cluster, of the cloud's metadata, or of the machine itself must not be among them, by whatever
name, notation or tunnel (server-side request forgery).
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from yarl import URL

LONGEST: Final = 1000
HTTPS: Final = 443

_UNICAST = ip_network("2000::/3")  # all of IPv6 that is given out
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")
# `is_global` takes these for public, or did in some release: multicast is told apart below.
_OTHERS = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",
            "168.63.129.16/32",  # the platform of Azure, seen from its machines
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "240.0.0.0/4",
            "2001::/23",
            "3fff::/20",
            "fec0::/10",
        ),
    )
)


class Unfit(ValueError):
    """A URL, or where it leads, that nothing may be sent to; the words repeat none of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to; `url` is what is asked for, `host` what is looked up and what TLS must show."""

    url: URL
    host: str
    port: int

    @property
    def secure(self) -> bool:
        """Whether it is https, at its usual port."""
        return self.url.scheme == "https" and self.port == HTTPS


def target(text: str, *, loopback: bool) -> Target:
    """Reads a URL; where `loopback` is allowed, http and other ports are too. Raises Unfit."""
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or "\\" in text:
        raise Unfit("give a URL of printable ASCII without spaces or backslashes")
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError:
        raise Unfit("give a URL such as https://hooks.example.com/intnet") from None
    if " " in text or not host or port is None or url.scheme not in {"https", "http"}:
        raise Unfit("give a URL such as https://hooks.example.com/intnet")
    if url.user is not None or url.password is not None or url.fragment:
        raise Unfit("leave user, password and fragment out of the URL")
    found = Target(url, host, port)
    if not loopback and not found.secure:
        raise Unfit("give an https URL at port 443")
    return found


def permitted(to: Target, address: str, *, loopback: bool) -> bool:
    """Whether a connection may be made to this address, which the host of the target has."""
    found = _read(address)
    if found is None:
        return False
    if loopback and found.is_loopback:
        return True
    return to.secure and public(found)


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet's, also once what it wraps is taken out."""
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return public(inner)
        if address not in _UNICAST:
            return False
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in _OTHERS)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which packets for this one go in the end."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address in _SIX_TO_FOUR else None


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
