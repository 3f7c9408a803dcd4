"""ingest without its memory of event ids: what the memory itself costs."""

from runpy import run_module
from unittest.mock import patch

from services.ingest.domain.memory import Memory


class Forgetful(Memory):
    """Knows no id."""

    def __contains__(self, event_id: object) -> bool:
        return False

    def add(self, event_id: str) -> None:
        """Forgets it."""


if __name__ == "__main__":
    with patch("services.ingest.api.webhook.Memory", Forgetful):
        run_module("services.ingest", run_name="__main__")
