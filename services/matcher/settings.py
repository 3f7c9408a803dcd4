"""What matcher is told from outside."""

from libs.common.settings import SweepingSettings, service_config


class Settings(SweepingSettings):
    """Beside what every service is told: how often to look for what goes."""

    model_config = service_config("matcher")
