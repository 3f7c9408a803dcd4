"""What insights is told from outside."""

from pathlib import Path

from pydantic import Field

from libs.common.settings import SweepingSettings, service_config

SHIPPED = Path(__file__).parent / "domain" / "scorecard.yaml"


class Settings(SweepingSettings):
    """INSIGHTS_SCORECARD replaces the shipped scorecard with one of the operator's own."""

    model_config = service_config("insights")

    scorecard: Path = Field(SHIPPED, description="YAML file with weights, bands and sentences.")
