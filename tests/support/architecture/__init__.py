"""The rules of the house that imports alone do not show, read off the syntax tree."""

from tests.support.architecture.findings import Finding
from tests.support.architecture.house import check_house, check_source

__all__ = ["Finding", "check_house", "check_source"]
