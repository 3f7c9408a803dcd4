"""Pictures of the console's pages, on the platform that `make run` keeps up.

`python -m deploy.screens` takes every page into `.local/screens`, as PNG: each agency in its own
language, light on a desk and dark on a telephone. These are made anew and never kept with the code.
`--docs` draws those of `docs/console` anew, as SVG; that needs the dependency group `docs`:
`.local/tools/bin/uv run --group docs python -m deploy.screens --docs`.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

from deploy.local import browser
from deploy.local.cache import ROOT
from deploy.screens import every, scenes
from deploy.screens.drawing import Missing
from deploy.screens.visitor import launched

STACK = ROOT / ".local" / "stack.json"


def main(argv: Sequence[str]) -> int:
    """0, or 2 where something is missing that the pictures need."""
    if argv not in ([], ["--docs"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not STACK.exists():
        print("Nothing runs here: `make run` first.", file=sys.stderr)
        return 2
    try:
        asyncio.run(_take(json.loads(STACK.read_text()), docs=bool(argv)))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


async def _take(stack: dict[str, Any], docs: bool) -> None:
    async with launched(browser.install(print)) as running:
        await (scenes if docs else every).take(running, stack)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
