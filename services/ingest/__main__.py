"""`python -m services.ingest`."""

from libs.common.service import run
from services.ingest.app import build
from services.ingest.settings import Settings

if __name__ == "__main__":
    run(build(Settings()))
