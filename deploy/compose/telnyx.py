"""Makes the simulator's test keys before the first service starts.

python -m deploy.compose.telnyx --key-file FILE --public-file FILE --api-key-file FILE
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from deploy.simulator import apikey
from deploy.simulator.signing import Signer


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the keys where they are missing; the public one is written as INGEST_TELNYX_KEYS."""
    parser = argparse.ArgumentParser("deploy.compose.telnyx")
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--public-file", type=Path, required=True)
    parser.add_argument("--api-key-file", type=Path, required=True)
    given = parser.parse_args(arguments)
    given.public_file.write_text(json.dumps([{"key": Signer.of(given.key_file).public}]))
    apikey.prepare(given.api_key_file)


if __name__ == "__main__":
    main()
