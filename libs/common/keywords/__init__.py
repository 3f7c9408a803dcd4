"""What a text asks for: to be left alone, to be written to again, help, or the own data."""

from libs.common.keywords.reading import Keyword, read

__all__ = ["Keyword", "read"]
