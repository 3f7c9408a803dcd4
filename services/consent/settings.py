"""What consent is told from outside."""

from pydantic import Field

from libs.common.settings import Settings as Common
from libs.common.settings import service_config


class Settings(Common):
    """Beside what every service is told: how often it says that it is at work."""

    model_config = service_config("consent")

    beat_seconds: float = Field(
        15.0, gt=0, le=20, description="Between heartbeats; promotions wait after 60 s without."
    )
