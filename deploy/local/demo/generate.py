"""Writes the demo files: `python -m deploy.local.demo.generate`. The output never varies."""

from datetime import date
from pathlib import Path

from deploy.local.demo import interkey_connect, intnet_iq
from deploy.local.demo.table import month_first

FOLDER = Path(__file__).parent


def files() -> dict[str, bytes]:
    """Name and content of each file."""
    return {
        "intnet-iq.csv": intnet_iq.text().encode(),
        "interkey-connect.csv": interkey_connect.text().encode("utf-8-sig"),
    }


def dated(name: str, near: date) -> bytes:
    """A file in which the renewals that the demo shows as near are on this day."""
    fixed, fresh = {
        "intnet-iq.csv": (intnet_iq.NEAR, month_first(near)),
        "interkey-connect.csv": (interkey_connect.NEAR, near.isoformat()),
    }[name]
    return (FOLDER / name).read_bytes().replace(fixed.encode(), fresh.encode())


def main() -> None:
    """Writes both files next to this one."""
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
