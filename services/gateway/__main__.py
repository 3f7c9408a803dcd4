"""`python -m services.gateway`."""

from libs.common.service import run
from services.gateway.app import build
from services.gateway.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
