"""`python -m services.messaging`."""

from libs.common.service import run
from services.messaging.app import build
from services.messaging.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
