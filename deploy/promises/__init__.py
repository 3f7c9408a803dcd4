"""What the policies promise, sentence by sentence: what keeps it, what shows it, what lacks."""

from deploy.promises.checking import faults
from deploy.promises.publishing import generated

__all__ = ["faults", "generated"]
