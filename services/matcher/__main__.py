"""`python -m services.matcher`."""

from libs.common.service import run
from services.matcher.app import build
from services.matcher.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
