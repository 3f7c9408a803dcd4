"""What became of files that were uploaded, for alerts: ours to mend are those that failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Literal, get_args

from prometheus_client import Counter
from starlette.requests import ClientDisconnect

from libs.common.web.problems import Problem

Kind = Literal["customers", "consents"]
Outcome = Literal["finished", "refused", "broken_off", "failed"]

IMPORTS = Counter("imports_total", "Imports by what became of them.", ["kind", "outcome"])
for _labels in product(get_args(Kind), get_args(Outcome)):
    IMPORTS.labels(*_labels)  # one that appears with its first count shows no increase


@contextmanager
def importing(kind: Kind) -> Iterator[None]:
    """Counts the import inside: as refused where it is a Problem, as broken off by the client."""
    outcome: Outcome = "failed"
    try:
        yield
        outcome = "finished"
    except Problem:
        outcome = "refused"
        raise
    except ClientDisconnect:
        outcome = "broken_off"
        raise
    finally:
        IMPORTS.labels(kind, outcome).inc()
