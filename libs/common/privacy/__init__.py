"""What the services share when a person's data is deleted, or handed over."""

from libs.common.privacy.answers import done
from libs.common.privacy.erasing import MOST, Eraser
from libs.common.privacy.mentions import mentions
from libs.common.privacy.parts import LARGEST, Rows, Teller, pieces, plain

__all__ = ["LARGEST", "MOST", "Eraser", "Rows", "Teller", "done", "mentions", "pieces", "plain"]
