"""What messaging is told from outside."""

from pathlib import Path

from pydantic import Field, field_validator

from libs.common import settings

DOMAIN = Path(__file__).parent / "domain"


class Settings(settings.SweepingSettings):
    """MESSAGING_RULES and MESSAGING_PRICES replace the shipped files with the operator's own."""

    model_config = settings.service_config("messaging")

    telnyx_url: str = Field(description="Base URL of the provider, such as https://api.telnyx.com.")
    telnyx_key_file: Path = Field(description="File with the provider's API key; a secret.")
    webhook_url: str = Field(description="Where the provider is to report: ingest's public URL.")
    rate: float = Field(10.0, gt=0, description="Messages per second for each sender.")
    burst: int = Field(10, ge=1, description="Messages that a rested sender may send at once.")
    optouts_seconds: float = Field(
        3600.0, gt=0, description="Between looks at the provider's list of who told it STOP."
    )
    rules: Path = Field(DOMAIN / "rules.yaml", description="YAML file with the regions' rules.")
    prices: Path = Field(DOMAIN / "prices.yaml", description="YAML file with prices per part.")

    @field_validator("telnyx_url", "webhook_url")
    @classmethod
    def _plain(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")) or set(url) & set("?#"):
            raise ValueError("give a URL such as https://api.example.com, without a query")
        return url.rstrip("/")
