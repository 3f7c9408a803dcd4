"""What the services share when a person's data is deleted."""

from libs.common.privacy.answers import done
from libs.common.privacy.erasing import MOST, Eraser
from libs.common.privacy.mentions import mentions

__all__ = ["MOST", "Eraser", "done", "mentions"]
