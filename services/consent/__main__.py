"""`python -m services.consent`."""

from libs.common.service import run
from services.consent.app import build
from services.consent.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
