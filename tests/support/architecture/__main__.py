"""`python -m tests.support.architecture`: import contracts and syntax rules, for `make lint`."""

import sys
from pathlib import Path

from importlinter.cli import lint_imports

from tests.support.architecture.house import check_house


def main(root: Path) -> int:
    """Prints what is broken; 1 where anything is."""
    broken = lint_imports(
        config_filename=str(root / ".importlinter"),
        cache_dir=str(root / ".local" / "import-linter"),
    )
    findings = check_house(root)
    for finding in findings:
        print(finding)
    print(f"Syntax rules: {len(findings)} broken.")
    return 1 if broken or findings else 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
