"""`python -m deploy.schemas`: writes what is generated, or checks it, or releases the events.

Exit status: 0 all is well; 1 a file differs (`--check`), a change breaks a released schema, a
field does not say what it is, or a promise is not accounted for.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy import datamap, promises
from deploy.operations import page
from deploy.schemas import declared, files, openapi, operations
from deploy.schemas.compatibility import incompatible
from deploy.schemas.wiring import ROOT

_HOW_TO_BREAK = (
    "A released event stays readable. Add a field with a default, or a new event on a topic with "
    "the next major, and let both run; remove docs/events/released/NAME.json once nobody reads it."
)

_HOW_TO_BREAK_AN_APP = (
    "A released operation stays as apps know it. Add a field that may be left out, or an operation "
    "under the next major, and let both be served."
)


def main(arguments: Sequence[str] | None = None, folder: Path = files.FOLDER) -> int:
    """Does what the arguments say, and returns the exit status. `folder` is `docs/events`."""
    parser = argparse.ArgumentParser(prog="python -m deploy.schemas", description=__doc__)
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="write nothing; 1 if a file differs")
    ways.add_argument("--release", action="store_true", help="readers may rely on it from now on")
    chosen = parser.parse_args(arguments)
    if wrong := [*declared.undeclared(), *declared.strangers(), *operations.faults()]:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    if broken := incompatible(files.released(folder), files.schemas()):
        print(*broken, _HOW_TO_BREAK, sep="\n", file=sys.stderr)
    if refused := openapi.broken(folder.parents[1]):
        print(*refused, _HOW_TO_BREAK_AN_APP, sep="\n", file=sys.stderr)
    differing = _check(folder) if chosen.check else _write(folder)
    if unkept := promises.faults(ROOT):
        print(*unkept, sep="\n", file=sys.stderr)
    if broken or refused or differing or unkept:
        return 1
    if chosen.release:
        _release(folder)
    return 0


def _generated() -> dict[str, str]:
    """Names from `docs/events`, as the others have them."""
    beside = datamap.generated() | promises.generated(ROOT) | page.generated()
    beside |= {openapi.PAGE: files.as_text(openapi.document())}
    return files.generated() | {f"../../{path}": text for path, text in beside.items()}


def _check(folder: Path) -> bool:
    names = files.differing(folder, _generated())
    for name in names:
        print(f"{(folder / name).resolve()} is not up to date: run `make schemas`", file=sys.stderr)
    return bool(names)


def _write(folder: Path) -> bool:
    for name in files.write(folder, _generated()):
        print(f"{(folder / name).resolve()} written")
    return False


def _release(folder: Path) -> None:
    texts = {f"{name}.json": files.as_text(schema) for name, schema in files.schemas().items()}
    for name in files.write(folder / files.RELEASED, texts):
        print(f"{folder / files.RELEASED / name} released")
    print(f"{openapi.release(folder.parents[1])} released")


if __name__ == "__main__":
    sys.exit(main())
