"""What services share when a person's data is deleted, handed over, or kept long enough."""

from libs.common.privacy.answers import done
from libs.common.privacy.erasing import MOST, Eraser
from libs.common.privacy.mentions import mentions
from libs.common.privacy.parts import LARGEST, Rows, Teller, pieces, plain
from libs.common.privacy.periods import PERIODS, SWEPT, Period, Periods, keep_period
from libs.common.privacy.removals import REMOVALS, Removals
from libs.common.privacy.sweeping import BATCH, Sweep, sweeps

__all__ = [
    "BATCH",
    "LARGEST",
    "MOST",
    "PERIODS",
    "REMOVALS",
    "SWEPT",
    "Eraser",
    "Period",
    "Periods",
    "Removals",
    "Rows",
    "Sweep",
    "Teller",
    "done",
    "keep_period",
    "mentions",
    "pieces",
    "plain",
    "sweeps",
]
