"""The command: checks in their order, a line each."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from deploy.cli import settings, show
from deploy.cli.options import Json
from libs.common import clock

if TYPE_CHECKING:
    from deploy.cli.doctor.finding import Finding


def doctor(as_json: Json = False) -> None:
    """Look at keys, clocks, Kafka, MongoDB, every service, and what waits or is late.

    A line per check: ok, warn or fail, what is so, and what to do. It changes nothing, reads no
    store and names no person. Exit code 0: all is well; 1: something fails; 2: a setting cannot be
    used; 4: nothing fails, and something is worth a look.
    """
    from deploy.cli.doctor.examination import examined  # the clients of the stores load slowly
    from deploy.cli.doctor.finding import code

    told = settings.read()
    clock.follow(told.clock_file)
    found = asyncio.run(examined(told))
    if as_json:
        show.document([one.document() for one in found])
    else:
        _show(found)
    raise typer.Exit(code(found))


def _show(found: "Sequence[Finding]") -> None:
    rows = [(one.state, one.check, one.said) for one in found]
    show.table(("", "Check", "What is so"), rows)
    for one in found:
        if one.do:
            show.sentence(f"{one.state}: {one.check}: {one.do}")
