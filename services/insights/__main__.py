"""`python -m services.insights`."""

from libs.common.service import run
from services.insights.app import build
from services.insights.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
