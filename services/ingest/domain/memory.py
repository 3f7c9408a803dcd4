"""A bounded memory of event ids, so that most repetitions end at the door."""

from collections import OrderedDict


class Memory:
    """The last `size` ids, each with its tenant in it: an id is one tenant's own.

    Forgetting one is harmless: readers absorb repetitions anyway.
    """

    def __init__(self, size: int = 100_000) -> None:
        self._size = size
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._ids

    def add(self, event_id: str) -> None:
        """Remembers an id as the latest, and forgets the oldest where there are too many."""
        self._ids[event_id] = None
        self._ids.move_to_end(event_id)
        if len(self._ids) > self._size:
            self._ids.popitem(last=False)
