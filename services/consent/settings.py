"""What consent is told from outside."""

from pathlib import Path

from pydantic import Field

from libs.common.settings import SweepingSettings, service_config


class Settings(SweepingSettings):
    """Beside what every service is told: its heartbeat, and how trails are signed."""

    model_config = service_config("consent")

    beat_seconds: float = Field(
        15.0, gt=0, le=20, description="Between heartbeats; promotions wait after 60 s without."
    )
    audit_key_file: Path = Field(description="Private keys that sign checkpoints of trails.")
    audit_origin: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9._-]+)*$",
        max_length=100,
        description="Names the trails, `<origin>/<tenant>`: a domain of the operator's, for ever.",
    )
