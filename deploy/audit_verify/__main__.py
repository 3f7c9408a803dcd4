"""`python -m deploy.audit_verify`, or `python -m audit_verify` beside a copy of this folder."""

import json
import sys
from collections.abc import Sequence

from .arguments import parser
from .commands import COMMANDS
from .findings import Code, Unreadable


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except Unreadable as error:
        if getattr(options, "json", False):
            code = Code.UNREADABLE
            print(json.dumps({"code": code, "result": code.words, "message": str(error)}))
        else:
            print(f"unreadable: {error}", file=sys.stderr)
        return Code.UNREADABLE
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
