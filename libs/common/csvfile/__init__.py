"""CSV files as people export them: bytes in, in pieces of any size; rows out, in bounded memory."""

from libs.common.csvfile.reading import Broken, CsvFile, Guess, Limits, Row
from libs.common.csvfile.sheet import Sheet
from libs.common.csvfile.unreadable import Unreadable

__all__ = ["Broken", "CsvFile", "Guess", "Limits", "Row", "Sheet", "Unreadable"]
