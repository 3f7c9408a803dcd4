"""Where the gateway stands, as browsers see it."""

from dataclasses import dataclass, field

from services.gateway.domain.rates import Quotas
from services.gateway.domain.streams import Places


@dataclass(frozen=True)
class Site:
    """`public_url` is an origin: scheme, host, port. `proxies` of our own stand in front of it.

    `quotas`: how much it takes from each who comes; `places`: how many streams each may have open.
    """

    public_url: str
    proxies: int = 0
    quotas: Quotas = field(default_factory=Quotas)
    places: Places = field(default_factory=Places)

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.public_url.startswith("https:")

    @property
    def cookie(self) -> str:
        """The session cookie's name: browsers accept the prefix over TLS only."""
        return "__Host-sid" if self.secure else "sid"

    @property
    def device_cookie(self) -> str:
        """The name of the cookie that tells a browser where somebody signed in before."""
        return "__Host-device" if self.secure else "device"
