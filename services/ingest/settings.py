"""What ingest is told from outside."""

from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field

from libs.common.settings import Settings as Common
from libs.common.settings import service_config


class TelnyxKey(BaseModel):
    """A public key of the Telnyx account, 32 bytes in base64, and when it counts."""

    key: str
    active_from: AwareDatetime | None = None
    retired_at: AwareDatetime | None = None


class Settings(Common):
    """INGEST_TELNYX_KEYS is JSON: `[{"key": "..."}]`, more than one while keys change."""

    model_config = service_config("ingest")

    telnyx_keys: tuple[TelnyxKey, ...] = Field(min_length=1, description="Keys that may sign.")
    spool: Path = Field(description="Folder for events while Kafka is away; a persistent volume.")
    spool_bytes: int = Field(1_000_000_000, ge=1_000_000, description="The most the spool holds.")
