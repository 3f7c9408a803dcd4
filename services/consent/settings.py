"""What consent is told from outside."""

from libs.common.settings import Settings as Common
from libs.common.settings import service_config


class Settings(Common):
    """Nothing beyond what every service is told."""

    model_config = service_config("consent")
