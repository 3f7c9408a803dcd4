"""Makes the simulator's test key before the first service starts.

python -m deploy.compose.telnyx --key-file FILE --public-file FILE
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from deploy.simulator.signing import Signer


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the key where it is missing, and writes its public half as INGEST_TELNYX_KEYS."""
    parser = argparse.ArgumentParser("deploy.compose.telnyx")
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--public-file", type=Path, required=True)
    given = parser.parse_args(arguments)
    given.public_file.write_text(json.dumps([{"key": Signer.of(given.key_file).public}]))


if __name__ == "__main__":
    main()
