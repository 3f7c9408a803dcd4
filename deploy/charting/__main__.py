"""`python -m deploy.charting`: writes what of the chart is generated, or checks it (`--check`).

Exit status: 0 all is well; 1 a file differs.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.charting import facts, page, rendering, schema, values

CHART = rendering.CHART


def sources() -> dict[Path, str]:
    """What Helm needs to render at all."""
    told = values.read((CHART / "values.yaml").read_text())
    found = {CHART / "files" / name: text for name, text in facts.generated().items()}
    found[CHART / "values.schema.json"] = schema.text(told)
    readme = CHART / "README.md"
    found[readme] = page.filled(readme.read_text(), told)
    return found


def examples() -> dict[Path, str]:
    """Every set of values, rendered."""
    return {
        CHART / "examples" / name / "rendered.yaml": rendering.golden(rendering.read(path))
        for name, path in rendering.sets().items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the arguments say, and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.charting", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a file differs")
    check = parser.parse_args(arguments).check
    differing = False
    for part in (sources, examples):  # examples are rendered with the sources as they are now
        for path, text in part().items():
            if path.exists() and path.read_text() == text:
                continue
            differing = True
            _differs(path) if check else _write(path, text)
    return 1 if check and differing else 0


def _differs(path: Path) -> None:
    print(f"{path} is not up to date: run `make schemas`", file=sys.stderr)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    print(f"{path} written")


if __name__ == "__main__":
    sys.exit(main())
