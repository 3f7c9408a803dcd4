"""How many live streams may be open: each holds a connection, and nobody else has that one then."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Places:
    """Streams of one process: of one user or key, and of one agency with all of these."""

    user: int = 50
    tenant: int = 500


class Streams:
    """Those that are open now, by whose they are."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._open: Counter[tuple[str, str]] = Counter()

    def take(self, tenant: str, user: str) -> bool:
        """Takes a place; False where there is none left."""
        both = (tenant, user), (tenant, "")
        if self._open[both[0]] >= self._places.user or self._open[both[1]] >= self._places.tenant:
            return False
        self._open.update(both)
        return True

    def leave(self, tenant: str, user: str) -> None:
        """Gives one back."""
        for whose in ((tenant, user), (tenant, "")):
            self._open[whose] -= 1
            if self._open[whose] <= 0:
                del self._open[whose]

    def __len__(self) -> int:
        return sum(count for (_, user), count in self._open.items() if not user)
